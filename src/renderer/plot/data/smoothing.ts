/**
 * Exponential moving average of a curve, debiased as in Adam (Kingma and Ba, https://arxiv.org/abs/1412.6980, section
 * 3): the first values have full weight instead of being drawn to zero. It looks back only, so drawn points never move.
 * A value that is not finite is a gap; after it the average continues from its last value.
 */
export class Smoothed {
  readonly #valueAt: (step: number) => number;
  readonly #weight: number;
  /** The average times the sum of its weights, and that sum, 1 − weightⁿ after n values. */
  #sums = new Float64Array(1024);
  #weights = new Float64Array(1024);
  #gaps = new Uint8Array(1024);
  #length = 0;

  /** `weight` of the past, from 0 (no smoothing) to just below 1. */
  constructor(valueAt: (step: number) => number, weight: number) {
    this.#valueAt = valueAt;
    this.#weight = weight;
  }

  invalidate(step: number): void {
    this.#length = Math.min(this.#length, step);
  }

  /** Call this with the curve's length before reading values. */
  update(length: number): void {
    this.#reserve(length);
    const weight = this.#weight;
    for (let step = this.#length; step < length; step++) {
      const value = this.#valueAt(step);
      const sum = step > 0 ? this.#sums[step - 1]! : 0;
      const weights = step > 0 ? this.#weights[step - 1]! : 0;
      const gap = !Number.isFinite(value);
      this.#sums[step] = gap ? sum : weight * sum + (1 - weight) * value;
      this.#weights[step] = gap ? weights : weight * weights + (1 - weight);
      this.#gaps[step] = gap ? 1 : 0;
    }
    this.#length = Math.max(this.#length, length);
  }

  valueAt(step: number): number {
    return this.#gaps[step] === 1 ? NaN : this.#sums[step]! / this.#weights[step]!;
  }

  #reserve(length: number): void {
    if (length <= this.#sums.length) return;
    const room = 2 ** Math.ceil(Math.log2(length));
    const sums = new Float64Array(room);
    sums.set(this.#sums);
    const weights = new Float64Array(room);
    weights.set(this.#weights);
    const gaps = new Uint8Array(room);
    gaps.set(this.#gaps);
    this.#sums = sums;
    this.#weights = weights;
    this.#gaps = gaps;
  }
}

/** Number of positions of the slider, from 0. */
export const smoothingPositions = 60;

/**
 * Returns the weight at a slider's position: the effective number of values (1 / (1 − weight)) grows tenfold in twenty
 * positions.
 */
export function smoothingWeight(position: number): number {
  return position === 0 ? 0 : 1 - 10 ** (-position / 20);
}
