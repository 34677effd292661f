/** Changes of the base learning rate that are known when a run starts. */
import type { LearningRateChange } from '../../../shared/training/training.ts';
import type { TrainingOrder } from './messages.ts';

/**
 * Returns the checkpoint's changes of the learning rate and the later ones, which take precedence at the same
 * step.
 */
export function knownChanges({ from, learningRates = [] }: TrainingOrder): LearningRateChange[] {
  const known = [...(from?.progress.learningRates ?? []), ...learningRates];
  const byStep = new Map(known.map((change) => [change.step, change]));
  return [...byStep.values()].sort((a, b) => a.step - b.step);
}
