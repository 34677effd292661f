/**
 * The data of a sweep's figures: its axes with their values, and results aggregated over everything that is not an
 * axis.
 */
import { spreadOf } from '../../../shared/sweeps/sweepResults.ts';
import type { Combination, Spread, SweepRun } from '../../../shared/sweeps/sweeps.ts';
import type { SweepMetric } from '../../i18n/sweeps.ts';

export type AxisValue = Combination['values'][number]['value'];

export interface GridAxis {
  readonly path: string;
  /** Distinct values; numbers in ascending order, others in order of appearance. */
  readonly values: readonly AxisValue[];
}

export interface Cell {
  readonly x: AxisValue;
  readonly y: AxisValue | null;
  /** Spread over all finished runs with these values, whatever else varies among them; null if there are none. */
  readonly spread: Spread | null;
  readonly finished: number;
  readonly runs: readonly SweepRun[];
}

export const sameValue = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export function gridAxes(results: readonly Combination[]): GridAxis[] {
  const paths = results[0]?.values.map(({ path }) => path) ?? [];
  return paths.map((path) => {
    const values: AxisValue[] = [];
    for (const combination of results) {
      const value = valueAt(combination, path);
      if (!values.some((other) => sameValue(other, value))) values.push(value);
    }
    if (values.every((value) => typeof value === 'number')) values.sort((a, b) => Number(a) - Number(b));
    return { path, values };
  });
}

export function valueAt({ values }: Combination, path: string): AxisValue {
  return values.find((each) => each.path === path)?.value ?? null;
}

function metricOf(run: SweepRun, metric: SweepMetric): number | null {
  return run.status === 'finished' ? run[metric] : null;
}

/** Returns rows of cells, one for each value of `y`; a single row without a second axis. */
export function heatMap(
  results: readonly Combination[],
  x: GridAxis,
  y: GridAxis | null,
  metric: SweepMetric,
): Cell[][] {
  const rows = y ? y.values : [null];
  return rows.map((row) =>
    x.values.map((column): Cell => {
      const runs = results
        .filter((each) => sameValue(valueAt(each, x.path), column))
        .filter((each) => !y || sameValue(valueAt(each, y.path), row))
        .flatMap((each) => each.runs);
      const numbers = runs.flatMap((run) => metricOf(run, metric) ?? []);
      return { x: column, y: row, spread: spreadOf(numbers), finished: numbers.length, runs };
    }),
  );
}

/** Returns whether lower values are better. */
export const lessIsBetter = (metric: SweepMetric): boolean => metric === 'testLoss' || metric === 'seconds';

/** Returns the best of the means; null if none is a number. */
export function bestOf(means: readonly number[], metric: SweepMetric): number | null {
  const finite = means.filter(Number.isFinite);
  if (finite.length === 0) return null;
  return lessIsBetter(metric) ? Math.min(...finite) : Math.max(...finite);
}

/** Returns a mean's position between the worst and the best, 0 to 1; 1 is the best. A diverged run is the worst. */
export function merit(mean: number, means: readonly number[], metric: SweepMetric): number {
  const finite = means.filter(Number.isFinite);
  if (!Number.isFinite(mean)) return 0;
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  if (high <= low) return 1;
  const share = (mean - low) / (high - low);
  return lessIsBetter(metric) ? 1 - share : share;
}

/** Characters of a label that there is room for beside an axis, and what they take in the smallest type. */
const longestLabel = 18;
const leastLabelWidth = 60;

/** A value as the label of an axis: the beginning of one that is too long. */
export function shortLabel(text: string): string {
  const characters = [...text];
  return characters.length <= longestLabel ? text : `${characters.slice(0, longestLabel - 1).join('')}…`;
}

/** Returns the width of a label's box, in pixels; Chinese characters are as wide as they are high. */
export function labelWidth(text: string): number {
  const wide = [...text].filter((character) => character > '\u2e80').length;
  return Math.max(leastLabelWidth, 12 * wide + 6.6 * ([...text].length - wide) + 16);
}
