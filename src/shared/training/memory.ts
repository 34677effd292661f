/**
 * How much memory training a net takes, from its sizes. The numbers of which there are many are counted: pixels of the
 * data set (a byte each, in the graph's variables), parameters with their gradients and the optimizer's slots, and what
 * layers give for a batch, which the backward pass needs. What a copy of something costs, and what TensorFlow keeps
 * beside that, are factors that were fitted to the resident memory of fresh processes
 * (`test/engine/pace.test.ts` holds them).
 */
import type { DatasetSummary } from '../datasets/dataset.ts';
import type { NetworkSummary } from '../network/shapes.ts';
import { footprint } from './footprint.ts';
import type { OptimizerType } from './training.ts';

const float = 4;
/** Arrays that an optimizer keeps beside each parameter. */
export const optimizerSlots: Record<OptimizerType, number> = {
  sgd: 1,
  adam: 2,
  adamW: 2,
  rmsProp: 2,
  adagrad: 1,
};
/** TensorFlow's native library and its JavaScript, a thread, the graph. */
export const engineBytes = 415e6;
/** The share of all layers' outputs for a batch that exists at once: some are released before the last is computed. */
const kept = 0.9;
/** Parameters (or as many gradients) that are held beside the state: the shards' gradients, sums, what an update needs. */
const workingCopies = 9;
/** Of parameters and slots: the graph's, the last checkpoint, before and after an epoch's last step for layer health. */
const stateCopies = 4;
/** An evaluation runs on so many images at once, and keeps about two layers' outputs at a time. */
const testBatch = 1000;

export interface MemoryOf {
  readonly summary: NetworkSummary;
  readonly dataset: DatasetSummary;
  readonly batchSize: number;
  readonly optimizer: OptimizerType;
}

/** Bytes of resident memory at most, with the engine. */
export function trainingMemory({ summary, dataset, batchSize, optimizer }: MemoryOf): number {
  const { height, width, channels, trainCount, testCount } = dataset;
  const image = height * width * channels;
  const data = (trainCount + testCount) * (image + float);
  const layers = footprint(summary);
  const outputs = layers.map(({ output }) => output);
  // What an operation makes for itself beyond its layer's input and output is let go of when it is done.
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
