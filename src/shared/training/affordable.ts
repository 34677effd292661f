/**
 * Decides before a graph is built whether a net can be trained: whether it fits into memory, and whether TensorFlow can
 * count its elements. Beyond either limit, the native library ends the whole process, and with it every other run.
 */
import type { DatasetSummary } from '../datasets/dataset.ts';
import { Problem } from '../base/problem.ts';
import type { NetworkSummary } from '../network/shapes.ts';
import { footprint } from './footprint.ts';
import { optimizerSlots, trainingMemory } from './memory.ts';
import type { TrainingSettings } from './training.ts';

/** TensorFlow's and oneDNN's CPU kernels count an array's elements in signed 32-bit numbers. */
const mostElements = 2 ** 31 - 1;
/** Node reads no larger file at once, and a checkpoint is one file. */
const largestCheckpoint = 2 ** 31 - 1;
/** Number of images that an evaluation processes at once (`engine/train/evaluate.ts`, `engine/inspect/inspect.ts`). */
const testBatch = 500;

export interface Affordable {
  readonly summary: NetworkSummary;
  readonly dataset: DatasetSummary;
  readonly settings: Pick<TrainingSettings, 'batchSize' | 'optimizer'>;
  readonly shards: number;
}

/**
 * Throws a `Problem` with the batch size that would fit. `bytes` is the available memory. A batch is never larger than
 * the data set, and is split into the shards.
 */
export function requireAffordable(of: Affordable, bytes: number): void {
  requireStorable(of);
  const { dataset, settings } = of;
  const batchSize = Math.min(settings.batchSize, dataset.trainCount);
  requireCountable(of, batchSize);
  const needed = neededBytes(of, batchSize);
  if (needed <= bytes) return;
  const fits = largestBatch(batchSize, (size) => neededBytes(of, size) <= bytes);
  const values = { batch: batchSize, needed: gigabytes(needed), free: gigabytes(bytes), fits };
  const amounts = `with batches of ${batchSize} it would take about ${values.needed} GB of memory, and there are ${values.free} GB`;
  if (fits > 0) {
    throw new Problem(
      'memory.batch',
      `the net does not fit: ${amounts}; use batches of at most ${fits}`,
      values,
    );
  }
  throw new Problem(
    'memory.network',
    `the net does not fit: ${amounts}; no batch is small enough, so use fewer filters or units, or smaller maps`,
    values,
  );
}

/** Throws a `Problem` if the net exceeds the limit for inspecting, which keeps no gradients and takes few images. */
export function requireInspectable(summary: NetworkSummary, dataset: DatasetSummary, bytes: number): void {
  const settings = { batchSize: 1, optimizer: { type: 'sgd' } } as Affordable['settings'];
  requireAffordable({ summary, dataset, settings, shards: 1 }, bytes);
}

function neededBytes({ summary, dataset, settings }: Affordable, batchSize: number): number {
  return trainingMemory({ summary, dataset, batchSize, optimizer: settings.optimizer.type });
}

function requireStorable({ summary, settings }: Affordable): void {
  const slots = optimizerSlots[settings.optimizer.type];
  const stored = summary.layers
    .flatMap(({ parameters }) => parameters)
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1) * 4 * (1 + slots), 0);
  if (stored <= largestCheckpoint) return;
  const most = Math.floor(largestCheckpoint / 4 / (1 + slots));
  throw new Problem(
    'network.too-many-parameters',
    `the net has ${summary.parameterCount} parameters, which with the optimizer's state are more than a checkpoint can hold; ` +
      `at most ${most} would fit`,
    { parameters: summary.parameterCount, most },
  );
}

function requireCountable({ summary, dataset, shards }: Affordable, batchSize: number): void {
  const inShard = (images: number) => Math.ceil(images / Math.min(shards, images));
  const image = dataset.height * dataset.width * dataset.channels;
  const stored = Math.max(dataset.trainCount, dataset.testCount) * image;
  if (stored > mostElements) throw uncountable('input', 0, stored, 0);
  for (const { layer, type, output, work } of footprint(summary)) {
    const each = Math.max(output, work);
    const tested = inShard(Math.min(testBatch, dataset.testCount));
    if (each * tested > mostElements) throw uncountable(type, layer, each * tested, 0);
    if (each * inShard(batchSize) <= mostElements) continue;
    const fits = largestBatch(batchSize, (size) => each * inShard(size) <= mostElements);
    throw uncountable(type, layer, each * inShard(batchSize), fits);
  }
}

function uncountable(type: string, layer: number, count: number, fits: number): Problem {
  const better = fits > 0 ? `use batches of at most ${fits}` : 'use fewer filters, or smaller maps';
  return new Problem(
    fits > 0 ? 'memory.elements-batch' : 'memory.elements',
    `layer ${layer} (${type}) needs an array of ${count} elements for a batch; TensorFlow can count ${mostElements}: ${better}`,
    { layer, type, count, most: mostElements, fits },
  );
}

/** Returns the largest batch up to `most` for which `holds` is true; 0 if it is for none. */
function largestBatch(most: number, holds: (size: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Formats one decimal, never rounded to zero. */
function gigabytes(bytes: number): number {
  return Math.max(0.1, Math.round(bytes / 1e8) / 10);
}
