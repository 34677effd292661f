/**
 * Uniform random numbers for simulations, millions a second: xoshiro128** (D. Blackman and S. Vigna, "Scrambled linear
 * pseudorandom number generators", ACM Trans. Math. Softw. 47, 2021), with its state filled by SplitMix64.
 */
import { randomBits } from '../base/counterRandom.ts';

export class Xoshiro {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    const [low, high] = [randomBits(seed, 0), randomBits(seed, 1)];
    this.#state = Uint32Array.of(
      Number(low & 0xffffffffn),
      Number(low >> 32n),
      Number(high & 0xffffffffn),
      Number(high >> 32n),
    );
  }

  /** Returns an unsigned 32-bit number. */
  next(): number {
    const s = this.#state;
    const [s0, s1, s2, s3] = [s[0] as number, s[1] as number, s[2] as number, s[3] as number];
    const times5 = Math.imul(s1, 5);
    const result = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0;
    const [t2, t3] = [s2 ^ s0, s3 ^ s1];
    s[0] = s0 ^ t3;
    s[1] = s1 ^ t2;
    s[2] = t2 ^ (s1 << 9);
    s[3] = (t3 << 11) | (t3 >>> 21);
    return result;
  }

  /** Returns a number uniform in [0, 1), of 32 bits. */
  unit(): number {
    return this.next() / 2 ** 32;
  }

  /** Fills `values` with what as many calls of `unit` would return, in less than half of their time. */
  fillUnit(values: Float64Array): void {
    const s = this.#state;
    let [s0, s1, s2, s3] = [s[0] as number, s[1] as number, s[2] as number, s[3] as number];
    for (let i = 0; i < values.length; i += 1) {
      const times5 = Math.imul(s1, 5);
      values[i] = (Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0) / 2 ** 32;
      const [t2, t3] = [s2 ^ s0, s3 ^ s1];
      s2 = t2 ^ (s1 << 9);
      s0 ^= t3;
      s1 ^= t2;
      s3 = (t3 << 11) | (t3 >>> 21);
    }
    s.set([s0, s1, s2, s3]);
  }

  /** Returns a whole number in 0 … limit − 1. */
  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }
}
