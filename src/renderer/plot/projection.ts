/** Maps data units to a chart's canvas, by its scales. */
import type { ChartJsLineChart } from './chartJs.ts';
import type { Projection } from './dataLayer.ts';

export function projectionOf({
  chartArea: area,
  scales,
  currentDevicePixelRatio: ratio,
}: ChartJsLineChart): Projection {
  const [x, y] = [scales['x']!, scales['y']!];
  const scale = (area.right - area.left) / (x.max - x.min);
  const logarithmic = y.type === 'logarithmic';
  // A logarithmic axis has no lower end: a position out of view is far enough.
  const position = logarithmic
    ? (value: number) => Math.log10(Math.max(value, y.min / 10))
    : (value: number) => value;
  const [bottom, top] = [position(y.min), position(y.max)];
  const yScale = (area.top - area.bottom) / (top - bottom);
  return {
    scale,
    offset: area.left - x.min * scale,
    y: (value) => area.bottom + (position(value) - bottom) * yScale,
    area: { left: area.left, top: area.top, right: area.right, bottom: area.bottom },
    ratio,
  };
}
