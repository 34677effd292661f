/** The range of a chart's value axis for the visible lines, and what that range leaves out. */
import type { Outliers } from '../../plot/data/outliers.ts';
import type { Trace } from '../../plot/data/trace.ts';
import type { ChartView, Outside } from '../chartView.svelte.ts';
import type { FilledLine } from './curveLines.ts';
import type { CurvePlot } from './curvePlot.ts';
import type { Range } from '../../plot/xAxis.ts';

/** Factor beyond which an axis flattens a line: if it reaches this many times as high as the line's middle. */
const flat = 100;

export interface ValueAxis {
  readonly range: Range;
  readonly outside: Outside;
}

export function valueAxisOf(
  plot: CurvePlot,
  view: ChartView,
  traces: readonly Trace[],
  lines: readonly FilledLine[],
  x: Range,
): ValueAxis {
  const range = rangeOf(plot, view, traces, lines, x);
  const runs = new Set<number>();
  let highest = -Infinity;
  let flattest = Infinity;
  for (const { run, kind, dataset } of lines) {
    const inSight: number[] = [];
    for (const { x: at, y } of dataset.data) {
      if (at < x.min || at > x.max || Number.isNaN(y)) continue;
      inSight.push(y);
      if (y > range.max || y < range.min) runs.add(run);
      if (y > range.max) highest = Math.max(highest, y);
    }
    if (kind === 'running') flattest = Math.min(flattest, medianOf(inSight));
  }
  const outside = {
    runs: [...runs],
    highest: Number.isFinite(highest) ? highest : null,
    suggestsLogarithmic:
      plot.id === 'loss' && !view.logarithmic && (highest > flat * range.max || range.max > flat * flattest),
  };
  return { range, outside };
}

function rangeOf(
  plot: CurvePlot,
  view: ChartView,
  traces: readonly Trace[],
  lines: readonly FilledLine[],
  x: Range,
): Range {
  const byHand = view.valueRanges[plot.id];
  // A logarithmic axis has no zero.
  if (byHand && !(plot.logarithmic() && byHand.min <= 0)) return byHand;
  const outliers = view.everything
    ? null
    : plot.outliers(traces.filter(({ run }) => !view.hiddenRuns.has(run)));
  const inside = extentOf(lines, x, outliers);
  // If nothing else is visible, the range includes the outliers.
  const { low, high } = outliers && inside.high < inside.low ? extentOf(lines, x, null) : inside;
  return plot.fit(low, high);
}

/** Returns the lowest and highest visible value, infinite if there are none. */
function extentOf(
  lines: readonly FilledLine[],
  x: Range,
  outliers: Outliers | null,
): { readonly low: number; readonly high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const { run, dataset } of lines) {
    if (outliers?.runs.has(run)) continue;
    for (const { x: at, y } of dataset.data) {
      if (at < x.min || at > x.max || (outliers && y > outliers.limit)) continue;
      if (y < low) low = y;
      if (y > high) high = y;
    }
  }
  return { low, high };
}

function medianOf(values: number[]): number {
  if (values.length === 0) return Infinity;
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}
