/** Changes of the base learning rate that a run begins with. */
import type { LearningRateChange } from '../../../shared/training/training.ts';
import type { TrainingOrder } from './messages.ts';

/** The checkpoint's changes of the learning rate and those that came after it, which win at the same step. */
export function knownChanges({ from, learningRates = [] }: TrainingOrder): LearningRateChange[] {
  const known = [...(from?.progress.learningRates ?? []), ...learningRates];
  const byStep = new Map(known.map((change) => [change.step, change]));
  return [...byStep.values()].sort((a, b) => a.step - b.step);
}
