/** Whether a run should stop before its last epoch because its metric has not improved for long enough. */
import type { TrainingProgress } from '../../shared/checkpoint.ts';
import type { EpochRecord } from '../../shared/runs.ts';
import type { EarlyStopping } from '../../shared/training.ts';

type Stopping = TrainingProgress['stopping'];

/** The metric, turned so that larger is better. */
function merit({ metric }: EarlyStopping, record: EpochRecord): number {
  const validation = record.details?.validation;
  switch (metric) {
    case 'testLoss':
      return -record.testLoss;
    case 'testAccuracy':
      return record.testCorrect / record.testTotal;
    case 'trainLoss':
      return -record.trainLoss;
    case 'validationLoss':
      return validation?.loss == null ? NaN : -validation.loss;
    case 'validationAccuracy':
      return validation ? validation.correct / validation.total : NaN;
  }
}

/** The state after an epoch, and whether patience has run out. */
export function afterEpoch(
  settings: EarlyStopping,
  state: Stopping,
  record: EpochRecord,
): { state: Stopping; stop: boolean } {
  const now = merit(settings, record);
  if (state.best === null || now > state.best + settings.minimumChange) {
    return { state: { best: now, waited: 0 }, stop: false };
  }
  const waited = state.waited + 1;
  return { state: { best: state.best, waited }, stop: waited >= settings.patience };
}
