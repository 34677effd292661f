/**
 * A histogram whose range need not be known beforehand: it doubles whenever a value lies outside, and then pairs of bins
 * are merged, so every count stays exact. Bins are symmetric around zero; exact zeros are counted apart, because most
 * values behind a ReLU are zero and would hide all others.
 */
import { z } from 'zod';

/** Number of bins, half of them below zero. */
export const histogramBins = 64;
const half = histogramBins / 2;

export const histogramSchema = z.strictObject({
  /** The bins divide the range from −limit to limit evenly; bin 0 is the lowest. */
  limit: z.number(),
  counts: z.array(z.int()),
  zeros: z.int(),
  /** Number of values that are infinite or not a number; they are in no bin. */
  notFinite: z.int(),
});
export type HistogramCounts = z.infer<typeof histogramSchema>;

export class Histogram {
  #limit = 2 ** -20;
  #counts = new Float64Array(histogramBins);
  #zeros = 0;
  #notFinite = 0;

  add(values: ArrayLike<number>, from = 0, to = values.length): void {
    for (let i = from; i < to; i += 1) {
      const value = values[i] as number;
      if (value === 0) this.#zeros += 1;
      else if (Number.isFinite(value)) {
        while (value >= this.#limit || value < -this.#limit) this.#widen();
        this.#counts[Math.floor((value / this.#limit) * half) + half]! += 1;
      } else this.#notFinite += 1;
    }
  }

  get counts(): HistogramCounts {
    return {
      limit: this.#limit,
      counts: [...this.#counts],
      zeros: this.#zeros,
      notFinite: this.#notFinite,
    };
  }

  #widen(): void {
    const wider = new Float64Array(histogramBins);
    this.#counts.forEach((count, bin) => {
      wider[half / 2 + Math.floor(bin / 2)]! += count;
    });
    this.#counts = wider;
    this.#limit *= 2;
  }
}
