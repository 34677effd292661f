/**
 * Finds the runs and values that would ruin a chart that shows everything. A run whose loss explodes reaches a million
 * where all others stay below three, so that on an axis with it the others are a flat line. The first range leaves it
 * out.
 */
import { curvesOf } from '../curves.ts';
import type { Point } from './decimate.ts';
import type { RunSeries } from './series.ts';

export interface Outliers {
  /** Runs that the first range ignores. */
  readonly runs: ReadonlySet<number>;
  /** The highest value of the runs that are not ignored. */
  readonly limit: number;
}

/** The factor by which a run must exceed all lower runs to be left out: five, or ten thousand on a logarithmic axis. */
const ratios = { linear: 5, logarithmic: 1e4 } as const;
/**
 * Number of points that are examined to find a run's highest running loss: one more would not change the order of
 * magnitude.
 */
const buckets = 128;

/**
 * Compares runs by their highest running loss: that mean starts at a first batch's loss, so that a run that learned
 * well and one that learned nothing are alike in it, and one batch's spike hardly changes it.
 */
export function outliersOf(
  runs: readonly { readonly run: number; readonly series: RunSeries }[],
  logarithmic: boolean,
): Outliers {
  const ratio = ratios[logarithmic ? 'logarithmic' : 'linear'];
  const heights = runs
    .map(({ run, series }) => ({ run, height: highestRunningLoss(series) }))
    .filter(({ height }) => height > 0)
    .sort((a, b) => a.height - b.height);
  const firstOutside = heights.findIndex(
    ({ height }, index) => index > 0 && height > ratio * heights[index - 1]!.height,
  );
  const inside = firstOutside < 0 ? heights : heights.slice(0, firstOutside);
  const outside = firstOutside < 0 ? [] : heights.slice(firstOutside);
  return {
    runs: new Set(outside.map(({ run }) => run)),
    limit: inside.length > 0 ? ratio * inside.at(-1)!.height : Infinity,
  };
}

function highestRunningLoss(series: RunSeries): number {
  const points: Point[] = [];
  curvesOf(series).running.pick(points, (step) => step, series.length, 0, series.length, buckets);
  return points.reduce((highest, { y }) => (y > highest ? y : highest), 0);
}
