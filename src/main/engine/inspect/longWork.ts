/** Work on the whole test set, which takes seconds: it reports its progress and can be cancelled. */
import { setImmediate } from 'node:timers/promises';
import { Problem } from '../../../shared/base/problem.ts';

export interface LongWork {
  /** Reports progress and lets messages be received. Throws a `Problem` if the work was cancelled. */
  step(done: number, total: number): Promise<void>;
}

export function longWork(report: (done: number, total: number) => void, cancelled: () => boolean): LongWork {
  return {
    step: async (done, total) => {
      report(done, total);
      await setImmediate();
      if (cancelled()) throw workCancelled();
    },
  };
}

export function workCancelled(): Problem {
  return new Problem('inspect.cancelled', 'this was cancelled before it was finished');
}
