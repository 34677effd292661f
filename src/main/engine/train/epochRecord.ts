/** The record of an epoch that was trained and evaluated. */
import type { TrainingProgress } from '../../../shared/runs/checkpoint.ts';
import type { EpochRecord } from '../../../shared/runs/runs.ts';
import type { Evaluation } from './evaluate.ts';

export type TimedEvaluation = Evaluation & { readonly seconds: number };

interface Evaluations {
  readonly test: TimedEvaluation;
  readonly validation: TimedEvaluation | undefined;
}

/** Returns the record; `progress` is the state before the next epoch begins, and times are in seconds. */
export function epochRecord(
  progress: TrainingProgress,
  learningRate: number,
  { test, validation }: Evaluations,
  seconds: { readonly data: number; readonly measure: number },
): EpochRecord {
  return {
    epoch: progress.epoch,
    trainLoss: progress.epochLossSum / progress.epochImages,
    testLoss: test.loss,
    testCorrect: test.correct,
    testTotal: test.total,
    confusion: test.confusion,
    trainSeconds: progress.epochSeconds,
    testSeconds: test.seconds,
    details: {
      learningRate,
      validation: validation
        ? {
            loss: Number.isFinite(validation.loss) ? validation.loss : null,
            correct: validation.correct,
            total: validation.total,
          }
        : null,
      layers: progress.layers,
      dataSeconds: seconds.data,
      measureSeconds: seconds.measure,
      imagesPerSecond: progress.epochImages / progress.epochSeconds,
    },
  };
}
