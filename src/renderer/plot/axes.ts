/** The axes of a chart of curves: their ranges, their ticks, and the title of the horizontal one. */
import type { ChartOptions } from 'chart.js';
import { fontOf } from './chartJs.ts';
import type { Palette } from './palette.ts';
import { ticksBetween } from './ticks.ts';
import type { Range } from './xAxis.ts';

export interface Axes {
  readonly x: Range;
  readonly y: Range;
  /** True for a logarithmic value axis. */
  readonly logarithmic: boolean;
  /** Distance between ticks of the horizontal axis. */
  readonly step: number;
  /** Title of the horizontal axis. */
  readonly title: string;
}

export function placeAxes(
  { scales }: ChartOptions<'line'>,
  { x, y, logarithmic, step, title }: Axes,
  palette: Palette,
): void {
  Object.assign(scales!['x']!, {
    ...x,
    afterBuildTicks: (axis: { min: number; max: number; ticks: { value: number }[] }) => {
      axis.ticks = ticksBetween(axis.min, axis.max, step).map((value) => ({ value }));
    },
    title: {
      display: true,
      text: title,
      align: 'end',
      color: palette.muted,
      font: fontOf(palette),
      padding: { top: -2, bottom: 0 },
    },
  });
  Object.assign(scales!['y']!, { ...y, type: logarithmic ? 'logarithmic' : 'linear' });
}
