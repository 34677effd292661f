/** A batch split in parts as equal as they come, each worked on by a branch of the graph. */
import type { NumberInput } from '../native/session.ts';

/**
 * Images in each shard, together `images`. Where those are fewer than `shards` they are one shard: oneDNN's operations break
 * on empty tensors.
 */
export function shardSizes(images: number, shards: number): number[] {
  if (images < shards) return [images];
  const from = (shard: number) => Math.floor((images * shard) / shards);
  return Array.from({ length: shards }, (_, shard) => from(shard + 1) - from(shard));
}

/** Input `indices` of a batch, by shard; the order of the images stays. */
export function splitBatch(indices: Int32Array, shards: number): { indices: NumberInput[] } {
  let from = 0;
  const parts = shardSizes(indices.length, shards).map((size) => {
    const data = indices.slice(from, from + size);
    from += size;
    return { data };
  });
  return { indices: parts };
}
