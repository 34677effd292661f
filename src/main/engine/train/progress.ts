/** Progress of a run, as a checkpoint stores it. */
import type { TrainingProgress } from '../../../shared/runs/checkpoint.ts';
import { knownChanges } from './learningRates.ts';
import type { TrainingOrder } from './messages.ts';

export type Progress = { -readonly [K in keyof TrainingProgress]: TrainingProgress[K] };

/** Per-epoch counters at an epoch's first step. */
const epochStart = {
  batch: 0,
  orderSeed: '',
  runningSum: 0,
  epochLossSum: 0,
  epochImages: 0,
  epochSeconds: 0,
} as const;

/**
 * Returns the progress before the first step; `random` is the generator's state after the parameters have
 * been drawn.
 */
export function initialProgress(
  order: TrainingOrder,
  { shards, kernels }: Pick<Progress, 'shards' | 'kernels'>,
  random: Progress['random'],
): Progress {
  return {
    format: 1,
    step: 0,
    epoch: 1,
    ...epochStart,
    random,
    layers: [],
    stopping: { best: null, waited: 0 },
    learningRates: knownChanges(order),
    shards,
    kernels,
  };
}

/** Advances to the next epoch. */
export function beginEpoch(progress: Progress): void {
  Object.assign(progress, epochStart);
  progress.epoch += 1;
  progress.layers = [];
}
