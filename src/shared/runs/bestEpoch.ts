/**
 * Selects a run's best epoch, and defines the metric of early stopping: both use one metric, so that the best
 * checkpoint belongs to the epoch from which early stopping counts.
 */
import { Problem } from '../base/problem.ts';
import type { EpochRecord } from './runs.ts';
import type { StoppingMetric, TrainingSettings } from '../training/training.ts';

/**
 * Returns the metric that decides between a run's epochs: that of early stopping, or else the accuracy on the test set.
 */
export function deciding({ earlyStopping }: TrainingSettings): StoppingMetric {
  return earlyStopping?.metric ?? 'testAccuracy';
}

/** Returns the metric with its sign chosen so that larger is better; NaN if it is no number, or was not measured. */
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

/**
 * Follows a run's epochs in order. Of equal ones the earlier is the best; a value that is no number is below every
 * number.
 */
export class BestEpoch {
  readonly metric: StoppingMetric;
  #best: { readonly epoch: number; readonly merit: number } | null = null;

  constructor(settings: TrainingSettings, epochs: readonly EpochRecord[] = []) {
    this.metric = deciding(settings);
    for (const record of epochs) this.add(record);
  }

  /** Null until the first epoch. */
  get epoch(): number | null {
    return this.#best?.epoch ?? null;
  }

  /** Returns true if this epoch is the best so far. */
  add(record: EpochRecord): boolean {
    const measured = merit(this.metric, record);
    const now = Number.isNaN(measured) ? -Infinity : measured;
    if (this.#best && now <= this.#best.merit) return false;
    this.#best = { epoch: record.epoch, merit: now };
    return true;
  }
}

/** Throws if early stopping watches images that are not held out. */
export function requireWatchable({ earlyStopping, validation }: TrainingSettings): void {
  if (!earlyStopping?.metric.startsWith('validation') || validation) return;
  throw new Problem(
    'training.no-validation',
    `early stopping watches ${earlyStopping.metric}, but no validation images are held back; ` +
      'set a validation share or watch a test metric',
    { metric: earlyStopping.metric },
  );
}
