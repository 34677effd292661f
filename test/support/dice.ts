/** Draws the same choices every time, for nets that are made by chance. */
import { randomUnit } from '../../src/shared/base/counterRandom.ts';

export class Dice {
  #drawn = 0;
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Returns a number in [0, 1). */
  unit(): number {
    return randomUnit(this.#seed, (this.#drawn += 1));
  }

  /** Returns a whole number from 0 to just below the limit. */
  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
}
