/**
 * Which of a run's epochs is its best, and what early stopping watches: one measure for both, so that the checkpoint
 * that is kept is of the epoch that early stopping went back to in its reckoning.
 */
import { Problem } from '../base/problem.ts';
import type { EpochRecord } from './runs.ts';
import type { StoppingMetric, TrainingSettings } from '../training/training.ts';

/** What decides between a run's epochs: what its early stopping watches, else the accuracy on the test set. */
export function deciding({ earlyStopping }: TrainingSettings): StoppingMetric {
  return earlyStopping?.metric ?? 'testAccuracy';
}

/** The metric, turned so that larger is better. NaN where it is no number, or was not measured. */
export function merit(metric: StoppingMetric, record: EpochRecord): number {
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

/** Follows a run's epochs in order. Of equal ones the earlier is the best; what is no number is below every number. */
export class BestEpoch {
  readonly metric: StoppingMetric;
  #best: { readonly epoch: number; readonly merit: number } | null = null;

  constructor(settings: TrainingSettings, epochs: readonly EpochRecord[] = []) {
    this.metric = deciding(settings);
    for (const record of epochs) this.add(record);
  }

  /** Null until there is an epoch. */
  get epoch(): number | null {
    return this.#best?.epoch ?? null;
  }

  /** True where this epoch is the best so far. */
  add(record: EpochRecord): boolean {
    const measured = merit(this.metric, record);
    const now = Number.isNaN(measured) ? -Infinity : measured;
    if (this.#best && now <= this.#best.merit) return false;
    this.#best = { epoch: record.epoch, merit: now };
    return true;
  }
}

/** Throws where early stopping watches images that are not held back. */
export function requireWatchable({ earlyStopping, validation }: TrainingSettings): void {
  if (!earlyStopping?.metric.startsWith('validation') || validation) return;
  throw new Problem(
    'training.no-validation',
    `early stopping watches ${earlyStopping.metric}, but no validation images are held back; ` +
      'set a validation share or watch a test metric',
    { metric: earlyStopping.metric },
  );
}
