/** Estimates the remaining time of a sweep from the time that its runs have taken so far. */
import type { SweepDetail } from '../../../shared/sweeps/sweeps.ts';

/**
 * Returns the seconds of training per epoch so far, times the remaining epochs, divided by the number of concurrent
 * runs. Pauses are not counted. Null before the first run has ended.
 */
export function secondsLeftOf({ results, definition, workers }: SweepDetail): number | null {
  let done = 0;
  let seconds = 0;
  let left = 0;
  for (const { values, runs } of results) {
    const epochs = values.find(({ path }) => path === 'epochs')?.value ?? definition.settings.epochs;
    for (const run of runs) {
      done += run.epochsDone;
      seconds += run.epochsDone > 0 ? run.seconds : 0;
      if (run.status !== 'finished' && run.status !== 'failed') left += Number(epochs) - run.epochsDone;
    }
  }
  const any = results.some(({ runs }) => runs.some(({ status }) => status === 'finished'));
  return any && done > 0 ? ((seconds / done) * left) / workers : null;
}
