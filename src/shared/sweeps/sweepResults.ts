/** What a sweep's combinations came to: mean and spread over the seeds. */
import type { ExpandedCombination } from './expandSweep.ts';
import type { Combination, Spread, SweepRun } from './sweeps.ts';

/** Mean and sample standard deviation, Σ(x − mean)² / (n − 1); in two passes, so that close numbers stay apart. */
export function spreadOf(values: readonly number[]): Spread | null {
  const [first] = values;
  if (first === undefined) return null;
  // Equal numbers have no spread, whatever their sum is rounded to.
  if (values.every((value) => value === first))
    return { mean: first, deviation: values.length > 1 ? 0 : null };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

/**
 * The results of a combination. Only finished runs count: what a run has before its last epoch does not compare.
 * `runs` are those of the sweep by position; what is not among them has not begun.
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
