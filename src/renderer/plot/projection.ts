/** Where data's units are on a chart's canvas, as its scales have them. */
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
  // Below a logarithmic axis there is no end; out of sight is far enough.
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
