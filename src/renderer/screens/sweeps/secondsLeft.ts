/** How long a sweep still takes, by what its runs have taken so far. */
import type { SweepDetail } from '../../../shared/sweeps/sweeps.ts';

/**
 * Seconds from the first run's beginning to now, per epoch that was trained in them, times the epochs that are left. So
 * it contains evaluations, the loading of data, and that several runs train at once. Null before the first run has ended.
 */
export function secondsLeftOf(
  { createdAt, results, definition }: SweepDetail,
  now = Date.now(),
): number | null {
  let done = 0;
  let left = 0;
  for (const { values, runs } of results) {
    const epochs = values.find(({ path }) => path === 'epochs')?.value ?? definition.settings.epochs;
    for (const { status, epochsDone } of runs) {
      done += epochsDone;
      if (status !== 'finished' && status !== 'failed') left += Number(epochs) - epochsDone;
    }
  }
  const any = results.some(({ runs }) => runs.some(({ status }) => status === 'finished'));
  if (!any || done === 0) return null;
  return ((now - Date.parse(createdAt)) / 1000 / done) * left;
}
