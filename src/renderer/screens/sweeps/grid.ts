/** What the figures of a sweep show: its axes with their values, and numbers put together over what is not an axis. */
import { spreadOf } from '../../../shared/sweeps/sweepResults.ts';
import type { Combination, Spread, SweepRun } from '../../../shared/sweeps/sweeps.ts';
import type { SweepMetric } from '../../i18n/sweeps.ts';

export type AxisValue = Combination['values'][number]['value'];

export interface GridAxis {
  readonly path: string;
  /** Each once; numbers in ascending order, others as they come. */
  readonly values: readonly AxisValue[];
}

export interface Cell {
  readonly x: AxisValue;
  readonly y: AxisValue | null;
  /** Of all finished runs that have these values, whatever else varies among them; null where there is none. */
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

/** Rows of cells, one for each value of `y`; a single row where there is no second axis. */
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

/** Whether less is better. */
export const lessIsBetter = (metric: SweepMetric): boolean => metric === 'testLoss' || metric === 'seconds';

/** The best of some means; null where there is none that is a number. */
export function bestOf(means: readonly number[], metric: SweepMetric): number | null {
  const finite = means.filter(Number.isFinite);
  if (finite.length === 0) return null;
  return lessIsBetter(metric) ? Math.min(...finite) : Math.max(...finite);
}

/** Place of a mean between the least and the most of them, 0 to 1; 1 is the best one. A diverged run is the worst. */
export function merit(mean: number, means: readonly number[], metric: SweepMetric): number {
  const finite = means.filter(Number.isFinite);
  if (!Number.isFinite(mean)) return 0;
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  if (high <= low) return 1;
  const share = (mean - low) / (high - low);
  return lessIsBetter(metric) ? 1 - share : share;
}
