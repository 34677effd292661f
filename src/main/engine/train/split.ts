/** Splits the training images into those that a run trains on and those that it validates with. */
import { Generator, randperm } from '../random/generator.ts';

export interface Split {
  readonly train: Int32Array;
  /** Empty if nothing is held out. */
  readonly validation: Int32Array;
}

/**
 * Holds out the same share of every class, drawn by a seed of its own, and at least one image of each class
 * that has two; both parts keep the data set's order.
 */
export function splitTraining(
  labels: Uint8Array,
  validation: { readonly fraction: number; readonly seed: number } | null,
): Split {
  const all = Int32Array.from({ length: labels.length }, (_, i) => i);
  if (!validation) return { train: all, validation: new Int32Array(0) };
  const generator = new Generator(validation.seed);
  const held = new Uint8Array(labels.length);
  for (const label of [...new Set(labels)].sort((a, b) => a - b)) {
    const members = all.filter((i) => labels[i] === label);
    const wanted = Math.round(members.length * validation.fraction);
    const count = Math.min(Math.max(wanted, 1), members.length - 1);
    const order = randperm(generator, members.length);
    for (let i = 0; i < count; i += 1) held[members[order[i] as number] as number] = 1;
  }
  return { train: all.filter((i) => !held[i]), validation: all.filter((i) => held[i]) };
}
