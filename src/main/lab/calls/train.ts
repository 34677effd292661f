/** Further calls about training: controls and log of a run, the queue, and estimates before a start. */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import type { LabEstimates } from '../inspect/estimates.ts';
import type { RunBook } from '../runs/runBook.ts';
import type { LabRuns } from '../runs/runs.ts';

export function trainCalls(book: RunBook, runs: LabRuns, estimates: LabEstimates) {
  return {
    'runs.finishEpoch': (request: CallRequest<'runs.finishEpoch'>) => runs.finishEpoch(request),
    'runs.setLearningRate': (request: CallRequest<'runs.setLearningRate'>) => runs.setLearningRate(request),
    'runs.events': ({ run }: CallRequest<'runs.events'>): CallReply<'runs.events'> => {
      book.recover();
      book.summary(run);
      return book.history.runEvents.list(run);
    },
    'queue.list': () => runs.waiting,
    'queue.move': (request: CallRequest<'queue.move'>) => runs.move(request),
    'queue.startNow': ({ run }: CallRequest<'queue.startNow'>) => runs.startNow(run),
    'training.estimate': (request: CallRequest<'training.estimate'>) => estimates.estimate(request),
    'augmentation.preview': (request: CallRequest<'augmentation.preview'>) => estimates.preview(request),
  };
}
