/** Scores a run's newest weights on the whole test set, or on the user's own drawings. The result goes into the run's log, and into a notice. */
import { toProblemRecord } from '../../../shared/base/problem.ts';
import { formatCount } from '../../i18n/format.ts';
import { problemText } from '../../i18n/problems.ts';
import { drawingsId } from '../../../shared/inspect/drawing/drawings.ts';
import { m } from '../../paraglide/messages.js';
import type { AppState } from '../app.svelte.ts';

export async function scoreRun(
  { lab, notices }: AppState,
  run: number,
  on?: typeof drawingsId,
): Promise<void> {
  try {
    const { dataset, testCorrect, testTotal } = await lab.call('models.evaluate', { run, dataset: on });
    notices.show(
      m.models_log_evaluated({
        dataset: evaluatedOn(dataset),
        correct: formatCount(testCorrect),
        total: formatCount(testTotal),
      }),
    );
  } catch (error) {
    notices.show(problemText(toProblemRecord(error)), { kind: 'bad' });
  }
}

/** Returns the name of a data set on which a run was evaluated. */
export function evaluatedOn(dataset: string): string {
  return dataset === drawingsId ? m.inspect_own_drawings() : dataset;
}
