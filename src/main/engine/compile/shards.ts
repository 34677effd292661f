/** A batch is split into shards of nearly equal size, each computed by its own branch of the graph. */
import type { NumberInput } from '../native/session.ts';

/**
 * Returns the number of images in each shard; they add up to `images`. If there are fewer images than
 * `shards`, there is one shard, because oneDNN's operations fail on empty tensors.
 */
export function shardSizes(images: number, shards: number): number[] {
  if (images < shards) return [images];
  const from = (shard: number) => Math.floor((images * shard) / shards);
  return Array.from({ length: shards }, (_, shard) => from(shard + 1) - from(shard));
}

/**
 * Splits several batches of one size, one after another, into shards as input `indices` of several steps: for each shard
 * the steps along the first axis.
 */
export function splitBatches(
  indices: Int32Array,
  batchSize: number,
  shards: number,
): { indices: NumberInput[] } {
  const steps = indices.length / batchSize;
  let from = 0;
  const parts = shardSizes(batchSize, shards).map((size) => {
    const data = new Int32Array(steps * size);
    for (let step = 0; step < steps; step += 1) {
      const begin = step * batchSize + from;
      data.set(indices.subarray(begin, begin + size), step * size);
    }
    from += size;
    return { data, shape: [steps, size] };
  });
  return { indices: parts };
}

/** Splits a batch's indices into shards as input `indices`; the order of the images is preserved. */
export function splitBatch(indices: Int32Array, shards: number): { indices: NumberInput[] } {
  let from = 0;
  const parts = shardSizes(indices.length, shards).map((size) => {
    const data = indices.slice(from, from + size);
    from += size;
    return { data };
  });
  return { indices: parts };
}
