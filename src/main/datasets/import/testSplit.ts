/** Draws the test set of a source that has none: the same share of every class, by a seed. */
import { Xoshiro } from '../../../shared/statistics/xoshiro.ts';

/** Returns 1 for each test image. A class of two images or more has at least one in either part. */
export function drawTestImages(labels: Uint8Array, fraction: number, seed: number): Uint8Array {
  const random = new Xoshiro(seed);
  const test = new Uint8Array(labels.length);
  const members = new Map<number, number[]>();
  labels.forEach((label, i) => {
    const own = members.get(label);
    if (own) own.push(i);
    else members.set(label, [i]);
  });
  for (const [, own] of [...members].sort(([a], [b]) => a - b)) {
    const count = Math.min(Math.max(Math.round(own.length * fraction), 1), own.length - 1);
    // These are the first `count` steps of Fisher and Yates' shuffle.
    for (let i = 0; i < count; i += 1) {
      const other = i + random.below(own.length - i);
      const drawn = own[other] as number;
      own[other] = own[i] as number;
      test[drawn] = 1;
    }
  }
  return test;
}
