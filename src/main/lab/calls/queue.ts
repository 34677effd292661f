/** Calls for the queue of runs that wait for their turn. */
import type { CallRequest } from '../../../shared/api/api.ts';
import type { LabRuns } from '../runs/runs.ts';

export function queueCalls(runs: LabRuns) {
  return {
    'queue.list': () => runs.waiting,
    'queue.move': (request: CallRequest<'queue.move'>) => runs.move(request),
    'queue.startNow': ({ run }: CallRequest<'queue.startNow'>) => runs.startNow(run),
  };
}
