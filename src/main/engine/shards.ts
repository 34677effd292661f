/** A batch split in parts as equal as they come, each worked on by a branch of the graph. */
import type { NumberInput } from './session.ts';

/** Inputs `indices_0`, `indices_1`, …; the order of the images stays. At least one image a shard. */
export function splitBatch(indices: Int32Array, shards: number): Record<string, NumberInput> {
  const inputs: Record<string, NumberInput> = {};
  for (let shard = 0; shard < shards; shard += 1) {
    const from = Math.floor((indices.length * shard) / shards);
    const to = Math.floor((indices.length * (shard + 1)) / shards);
    inputs[`indices_${shard}`] = { data: indices.slice(from, to) };
  }
  return inputs;
}
