/** Calls that start, control and list runs. */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import type { RunBook } from '../runs/runBook.ts';
import type { LabRuns } from '../runs/runs.ts';

export function runCalls(book: RunBook, runs: LabRuns) {
  return {
    'runs.start': (request: CallRequest<'runs.start'>) => runs.start(request),
    'runs.pause': ({ run }: CallRequest<'runs.pause'>) => runs.pause(run),
    'runs.resume': ({ run, from }: CallRequest<'runs.resume'>) => runs.resume(run, undefined, from),
    'runs.stop': ({ run }: CallRequest<'runs.stop'>) => runs.stop(run),
    'runs.list': ({ limit, offset }: CallRequest<'runs.list'>): CallReply<'runs.list'> => {
      book.recover();
      return book.list(limit, offset);
    },
    'runs.get': ({ run }: CallRequest<'runs.get'>): CallReply<'runs.get'> => {
      book.recover();
      runs.flush(run);
      return book.detail(run);
    },
    'runs.batchLosses': ({ run, from }: CallRequest<'runs.batchLosses'>): CallReply<'runs.batchLosses'> => {
      book.summary(run);
      runs.flush(run);
      const { batchLosses } = book.history;
      return { from, losses: batchLosses.read(run, from), clock: batchLosses.clock(run, from) };
    },
  };
}
