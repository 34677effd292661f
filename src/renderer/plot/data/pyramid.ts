/**
 * Minimum and maximum of a long curve at many resolutions, so that any part of it is drawn at any zoom in a time that
 * depends on the drawing's width alone. Each level has buckets twice as wide as the level before, and keeps the step of
 * each bucket's lowest value, highest value and gap; the finest level is made from the values, every other from the one
 * before. Curves grow at their end, so only the last buckets are ever recomputed.
 */
import { type Point, PointWriter, bucketWidth, decimate } from './decimate.ts';

/** Number of steps in a bucket of the finest level. For fewer steps, reading the values themselves is as fast. */
const finest = 8;

interface Level {
  /** One step for each bucket; -1 if there is none. */
  low: Int32Array;
  high: Int32Array;
  gap: Int32Array;
}

export class Pyramid {
  readonly #valueAt: (step: number) => number;
  readonly #levels: Level[] = [];
  /** Number of steps in the levels, and the first step from which they must be recomputed. */
  #length = 0;
  #valid = 0;

  constructor(valueAt: (step: number) => number) {
    this.#valueAt = valueAt;
  }

  /** Marks the values from `step` on as new or changed. */
  invalidate(step: number): void {
    this.#valid = Math.min(this.#valid, step);
  }

  /**
   * Writes into `out` the points to draw for the steps from `from` up to `to` (exclusive) of a curve with `length`
   * steps: at most two for each bucket and a third for a gap, each at its own step. Buckets are on a fixed grid and
   * used whole, so that points up to a bucket's width outside are included.
   */
  pick(
    out: Point[],
    xOf: (step: number) => number,
    length: number,
    from: number,
    to: number,
    buckets: number,
  ): void {
    this.#update(length);
    const start = Math.max(0, Math.min(from, length));
    const end = Math.max(start, Math.min(to, length));
    const width = bucketWidth(end - start, buckets);
    const level = this.#levels[Math.log2(width / finest)];
    const first = Math.floor(start / width);
    const last = Math.ceil(end / width);
    if (!level) {
      decimate(out, this.#valueAt, xOf, first * width, Math.min(last * width, length), buckets);
      return;
    }
    const writer = new PointWriter(out, this.#valueAt, xOf);
    for (let bucket = first; bucket < last; bucket++) {
      // The curve's own ends are always included.
      if (bucket === 0) writer.put(0);
      writer.putAll(level.low[bucket]!, level.high[bucket]!, level.gap[bucket]!);
      if ((bucket + 1) * width >= length) writer.put(length - 1);
    }
    writer.end();
  }

  #update(length: number): void {
    const from = Math.min(this.#valid, length);
    if (from === length && this.#length === length) return;
    this.#length = length;
    this.#valid = length;
    // A bucket that lost its last steps must be recomputed even if nothing follows.
    this.#makeFinest(Math.max(0, from - 1), length);
    for (let index = 1; finest * 2 ** index <= length; index++)
      this.#makeCoarser(index, Math.max(0, from - 1));
  }

  #makeFinest(from: number, length: number): void {
    const level = this.#levelFor(0, length);
    for (let bucket = Math.floor(from / finest); bucket * finest < length; bucket++) {
      let low = -1;
      let high = -1;
      let gap = -1;
      let lowest = Infinity;
      let highest = -Infinity;
      const end = Math.min(length, (bucket + 1) * finest);
      for (let step = bucket * finest; step < end; step++) {
        const value = this.#valueAt(step);
        if (!Number.isFinite(value)) {
          gap = step;
          continue;
        }
        if (value < lowest) {
          lowest = value;
          low = step;
        }
        if (value > highest) {
          highest = value;
          high = step;
        }
      }
      level.low[bucket] = low;
      level.high[bucket] = high;
      level.gap[bucket] = gap;
    }
  }

  #makeCoarser(index: number, from: number): void {
    const known = this.#levels.length > index;
    const level = this.#levelFor(index, this.#length);
    const finer = this.#levels[index - 1]!;
    const width = finest * 2 ** index;
    const children = Math.ceil(this.#length / (width / 2));
    for (let bucket = known ? Math.floor(from / width) : 0; bucket * width < this.#length; bucket++) {
      const a = 2 * bucket;
      const b = a + 1 < children ? a + 1 : a;
      level.low[bucket] = this.#better(finer.low[a]!, finer.low[b]!, -1);
      level.high[bucket] = this.#better(finer.high[a]!, finer.high[b]!, 1);
      level.gap[bucket] = Math.max(finer.gap[a]!, finer.gap[b]!);
    }
  }

  /** Returns the step with the larger value times `sign`; of equal values, the first. */
  #better(a: number, b: number, sign: number): number {
    if (a < 0) return b;
    if (b < 0 || a === b) return a;
    return sign * (this.#valueAt(b) - this.#valueAt(a)) > 0 ? b : a;
  }

  #levelFor(index: number, length: number): Level {
    const buckets = Math.ceil(length / (finest * 2 ** index));
    const known = this.#levels[index];
    if (known && known.low.length >= buckets) return known;
    const room = Math.max(128, 2 ** Math.ceil(Math.log2(Math.max(1, buckets))));
    const grow = (old: Int32Array | undefined) => {
      const grown = new Int32Array(room);
      if (old) grown.set(old);
      return grown;
    };
    const level = { low: grow(known?.low), high: grow(known?.high), gap: grow(known?.gap) };
    this.#levels[index] = level;
    return level;
  }
}
