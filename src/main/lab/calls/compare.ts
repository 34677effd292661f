/** Runs compared with each other, on the same test images. */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import { Problem } from '../../../shared/base/problem.ts';
import { type Compared, compareRuns } from '../../../shared/compare/compareRuns.ts';
import type { LabPredictions } from '../runs/predictions.ts';
import type { RunBook } from '../runs/runBook.ts';

export function compareCalls(book: RunBook, predictions: LabPredictions) {
  /** A run that cannot be looked into is told with its problem: the others can be compared all the same. */
  const look = async (run: number, checkpoint: 'last' | 'best'): Promise<Compared> => {
    const detail = book.detail(run);
    try {
      const found = await predictions.of(run, checkpoint);
      return { run: detail, looked: found };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { run: detail, looked: error.toRecord() };
    }
  };
  return {
    'compare.prepare': (): CallReply<'compare.prepare'> => {
      predictions.prepare();
      return {};
    },
    'compare.runs': async ({
      runs,
      checkpoint,
    }: CallRequest<'compare.runs'>): Promise<CallReply<'compare.runs'>> =>
      compareRuns(await Promise.all(runs.map((run) => look(run, checkpoint)))),
    'compare.predictions': async ({
      run,
      checkpoint,
    }: CallRequest<'compare.predictions'>): Promise<CallReply<'compare.predictions'>> => {
      const { of, predictions: found } = await predictions.of(run, checkpoint);
      const { labels, classes, probabilities } = found;
      return {
        of,
        labels: [...labels],
        predictions: [...found.predictions],
        probabilities: { shape: [labels.length, classes], data: probabilities },
      };
    },
  };
}
