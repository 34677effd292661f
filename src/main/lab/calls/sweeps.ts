/** Calls that start, control and list sweeps. */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import type { RunBook } from '../runs/runBook.ts';
import type { SweepBook } from '../sweeps/sweepBook.ts';
import type { LabSweeps } from '../sweeps/sweeps.ts';

export function sweepCalls(book: SweepBook, runBook: RunBook, sweeps: LabSweeps) {
  const recover = () => {
    book.recover();
    runBook.recover();
  };
  return {
    'sweeps.start': (request: CallRequest<'sweeps.start'>) => sweeps.start(request),
    'sweeps.pause': ({ sweep }: CallRequest<'sweeps.pause'>) => sweeps.pause(sweep),
    'sweeps.resume': ({ sweep }: CallRequest<'sweeps.resume'>) => sweeps.resume(sweep),
    'sweeps.cancel': ({ sweep }: CallRequest<'sweeps.cancel'>) => sweeps.cancel(sweep),
    'sweeps.list': ({ limit, offset }: CallRequest<'sweeps.list'>): CallReply<'sweeps.list'> => {
      recover();
      return book.list(limit, offset);
    },
    'sweeps.get': ({ sweep }: CallRequest<'sweeps.get'>): Promise<CallReply<'sweeps.get'>> => {
      recover();
      return sweeps.get(sweep);
    },
  };
}
