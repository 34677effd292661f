/** Calls that compare runs on the same test images. */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import { Problem } from '../../../shared/base/problem.ts';
import { type Compared, compareRuns } from '../../../shared/compare/compareRuns.ts';
import type { LabPredictions } from '../inspect/predictions.ts';
import type { RunBook } from '../runs/runBook.ts';

export function compareCalls(book: RunBook, predictions: LabPredictions, atWork: () => number) {
  /**
   * Returns a run's predictions or, if it cannot be inspected, its problem, so that the others can still be
   * compared.
   */
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
    'compare.speed': async ({
      runs,
      checkpoint,
    }: CallRequest<'compare.speed'>): Promise<CallReply<'compare.speed'>> => {
      const before = atWork();
      const found = await predictions.speeds(runs, checkpoint);
      const speeds = found.map((speed, i) => ({ run: runs[i] as number, ...speed }));
      return { speeds, beside: Math.max(before, atWork()) };
    },
  };
}
