/**
 * Estimates the memory of training a net from its sizes. The large arrays are counted: pixels of the data set (one byte
 * each, in the graph's variables), parameters with their gradients and the optimizer's slots, and the layers' outputs
 * for a batch, which the backward pass needs. The number of copies, and TensorFlow's overhead, are factors fitted to
 * the resident memory of fresh processes (`test/engine/pace.test.ts` checks them).
 */
import type { DatasetSummary } from '../datasets/dataset.ts';
import type { NetworkSummary } from '../network/shapes.ts';
import { footprint } from './footprint.ts';
import type { OptimizerType } from './training.ts';

const float = 4;
/** Number of arrays that an optimizer keeps for each parameter. */
export const optimizerSlots: Record<OptimizerType, number> = {
  sgd: 1,
  adam: 2,
  adamW: 2,
  rmsProp: 2,
  adagrad: 1,
};
/** Bytes of TensorFlow's native library and its JavaScript, a thread, and the graph. */
export const engineBytes = 415e6;
/**
 * The fraction of all layers' outputs for a batch that exists at once: some are released before the last is computed.
 */
const kept = 0.9;
/**
 * Copies of the parameters (or of their gradients) in addition to the state: the shards' gradients, sums, and an
 * update's temporaries.
 */
const workingCopies = 9;
/**
 * Copies of parameters and slots: the graph's, the last checkpoint, and those before and after an epoch's last step for
 * layer health.
 */
const stateCopies = 4;
/** Number of images that an evaluation processes at once, keeping about two layers' outputs at a time. */
const testBatch = 1000;

export interface MemoryOf {
  readonly summary: NetworkSummary;
  readonly dataset: DatasetSummary;
  readonly batchSize: number;
  readonly optimizer: OptimizerType;
}

/** Returns the largest resident memory in bytes, including the engine. */
export function trainingMemory({ summary, dataset, batchSize, optimizer }: MemoryOf): number {
  const { height, width, channels, trainCount, testCount } = dataset;
  const image = height * width * channels;
  const data = (trainCount + testCount) * (image + float);
  const layers = footprint(summary);
  const outputs = layers.map(({ output }) => output);
  // Temporary arrays of an operation, beyond its layer's input and output, are freed when it is done.
  const work = layers.reduce((most, layer) => Math.max(most, layer.work - layer.output), 0);
  const all = image + outputs.reduce((sum, each) => sum + each, 0);
  const largest = [image, ...outputs].reduce(
    (most, each, i, list) => Math.max(most, each + (list[i + 1] ?? 0)),
    0,
  );
  const copies = stateCopies * (1 + optimizerSlots[optimizer]) + workingCopies;
  const parameters = summary.parameterCount * float * copies;
  const training = batchSize * (all * kept + 2 * work) * float;
  const testing = Math.min(testBatch, testCount) * largest * float;
  return engineBytes + data + parameters + Math.max(training, testing);
}
