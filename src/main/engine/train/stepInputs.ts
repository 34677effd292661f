/** What a step of a run is given: the numbers of its images, and what its optimizer needs. */
import type { Optimizer } from '../../../shared/training/training.ts';
import { optimizerScalars } from '../compile/optimizers.ts';
import { splitBatch, splitBatches } from '../compile/shards.ts';
import type { NumberInputs } from '../native/session.ts';

export interface StepSource {
  readonly optimizer: Optimizer;
  readonly shards: number;
  /** Whether the net draws random numbers, so that it takes the step's number. */
  readonly random: boolean;
  /** Returns the learning rate of step number `step`, counted from 1. */
  readonly learningRate: (step: number) => number;
}

function scalarsOf({ optimizer, learningRate }: StepSource, images: number, step: number): number[] {
  return [1 / images, ...optimizerScalars(optimizer, learningRate(step), step)];
}

/** Returns the inputs of step number `step` (counted from 1) on those images. */
export function inputsOfStep(source: StepSource, indices: Int32Array, step: number): NumberInputs {
  return {
    ...splitBatch(indices, source.shards),
    scalars: { data: Float32Array.from(scalarsOf(source, indices.length, step)) },
    ...(source.random ? { step: { data: Int32Array.of(step), shape: [] } } : {}),
  };
}

/** Returns the inputs of `count` steps in one call, from step number `first` on, whose batches have equally many images. */
export function inputsOfSteps(
  source: StepSource,
  indices: Int32Array,
  count: number,
  first: number,
): NumberInputs {
  const batchSize = indices.length / count;
  const scalars = Array.from({ length: count }, (_, i) => scalarsOf(source, batchSize, first + i));
  return {
    ...splitBatches(indices, batchSize, source.shards),
    scalars: { data: Float32Array.from(scalars.flat()), shape: [count, scalars[0]?.length ?? 0] },
    ...(source.random ? { step: { data: Int32Array.from(scalars, (_, i) => first + i) } } : {}),
  };
}
