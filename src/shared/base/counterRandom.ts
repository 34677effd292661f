/**
 * Stateless random numbers: the n-th number of a seed, independent of which were drawn before. SplitMix64 (Steele, Lea
 * and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), whose n-th output is a function of seed
 * and n. PyTorch's draws have a generator of their own, in the engine.
 */

const step = 0x9e3779b97f4a7c15n;

/** Returns an unsigned 64-bit number; `index` counts from 0. */
export function randomBits(seed: number, index: number): bigint {
  let z = BigInt.asUintN(64, BigInt(seed) + BigInt(index + 1) * step);
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}

/** Returns a number uniform in [0, 1), from the high 53 bits. */
export function randomUnit(seed: number, index: number): number {
  return Number(randomBits(seed, index) >> 11n) / 2 ** 53;
}
