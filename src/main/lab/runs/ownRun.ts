/** Which runs this process may pause, resume or stop, and what their failure means for who asked for that. */
import { Problem } from '../../../shared/base/problem.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import { isUnderWay } from '../base/status.ts';
import type { RunBook } from './runBook.ts';

/** Returns the run. Throws a `Problem` if it is deleted or another process trains it. */
export function requireOwnRun(book: RunBook, run: number): RunSummary {
  book.recover();
  const summary = book.summary(run);
  if (summary.deletedAt !== null) {
    throw new Problem('run.deleted', `run ${run} is deleted; restore it first`, { run });
  }
  if (isUnderWay(summary.status) && !book.trains(run)) {
    throw new Problem(
      'run.elsewhere',
      `run ${run} is being trained by another Stride on this machine; pause, resume or stop it there`,
      { run },
    );
  }
  return summary;
}

/** Returns the run. Throws its own problem if it failed during the requested operation. */
export function unlessFailed(summary: RunSummary): RunSummary {
  if (summary.status === 'failed' && summary.problem) throw Problem.fromRecord(summary.problem);
  return summary;
}
