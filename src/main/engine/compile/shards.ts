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
