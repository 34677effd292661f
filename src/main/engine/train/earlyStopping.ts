/** Early stopping: ends a run before its last epoch if its metric has not improved for long enough. */
import { merit } from '../../../shared/runs/bestEpoch.ts';
import type { TrainingProgress } from '../../../shared/runs/checkpoint.ts';
import type { EpochRecord } from '../../../shared/runs/runs.ts';
import type { EarlyStopping } from '../../../shared/training/training.ts';

type Stopping = TrainingProgress['stopping'];

/** Returns the state after an epoch, and whether patience has run out. */
export function afterEpoch(
  settings: EarlyStopping,
  state: Stopping,
  record: EpochRecord,
): { state: Stopping; stop: boolean } {
  const measured = merit(settings.metric, record);
  const now = Number.isNaN(measured) ? -Infinity : measured;
  if (state.best === null || now > state.best + settings.minimumChange) {
    return { state: { best: now, waited: 0 }, stop: false };
  }
  const waited = state.waited + 1;
  return { state: { best: state.best, waited }, stop: waited >= settings.patience };
}
