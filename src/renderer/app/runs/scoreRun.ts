/** Scores a run's newest weights on the whole test set. The result goes into the run's log, and into a notice. */
import { toProblemRecord } from '../../../shared/base/problem.ts';
import { formatCount } from '../../i18n/format.ts';
import { problemText } from '../../i18n/problems.ts';
import { m } from '../../paraglide/messages.js';
import type { AppState } from '../app.svelte.ts';

export async function scoreRun({ lab, notices }: AppState, run: number): Promise<void> {
  try {
    const { dataset, testCorrect, testTotal } = await lab.call('models.evaluate', { run });
    notices.show(
      m.models_log_evaluated({ dataset, correct: formatCount(testCorrect), total: formatCount(testTotal) }),
    );
  } catch (error) {
    notices.show(problemText(toProblemRecord(error)), { kind: 'bad' });
  }
}
