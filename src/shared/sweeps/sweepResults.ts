/** The results of a sweep's combinations: mean and spread over the seeds. */
import type { ExpandedCombination } from './expandSweep.ts';
import type { Combination, Spread, SweepRun } from './sweeps.ts';

/**
 * Computes mean and sample standard deviation, Σ(x − mean)² / (n − 1), in two passes, which keeps precision for close
 * numbers.
 */
export function spreadOf(values: readonly number[]): Spread | null {
  const [first] = values;
  if (first === undefined) return null;
  // Equal numbers have no spread, even if their sum is rounded.
  if (values.every((value) => value === first))
    return { mean: first, deviation: values.length > 1 ? 0 : null };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

/**
 * Returns the results of a combination. Only finished runs count, because results before the last epoch are not
 * comparable. `runs` has those of the sweep by position; missing ones have not begun.
 */
export function combinationResults(
  { label, values, runs: expanded }: ExpandedCombination,
  runs: ReadonlyMap<number, SweepRun>,
): Combination {
  const all = expanded.map(
    ({ position, settings }) => runs.get(position) ?? waiting(position, settings.seed),
  );
  const finished = all.filter(({ status }) => status === 'finished');
  const spread = (number: (run: SweepRun) => number | null) =>
    spreadOf(finished.map(number).filter((value) => value !== null));
  return {
    label,
    values: values.map(({ path, value }) => ({ path, value })),
    count: finished.length,
    bestAccuracy: spread(({ bestAccuracy }) => bestAccuracy),
    lastAccuracy: spread(({ lastAccuracy }) => lastAccuracy),
    testLoss: spread(({ testLoss }) => testLoss),
    seconds: spread(({ seconds }) => seconds),
    runs: all,
  };
}

function waiting(position: number, seed: number): SweepRun {
  return {
    position,
    seed,
    run: null,
    status: 'waiting',
    epochsDone: 0,
    bestAccuracy: null,
    lastAccuracy: null,
    testLoss: null,
    seconds: 0,
    problem: null,
  };
}
