/** The refusal of what needs a checkpoint when the run has none. */
import { Problem } from '../../../shared/base/problem.ts';

export function noCheckpoint(run: number): Problem {
  return new Problem(
    'inspect.no-checkpoint',
    `run ${run} has no checkpoint yet that could be looked into; one is written after each epoch, and when it is paused or stopped`,
    { run },
  );
}
