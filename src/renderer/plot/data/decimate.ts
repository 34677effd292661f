/**
 * Fewer points for the same picture: of the steps that fall into one bucket, about a pixel wide, the lowest and the
 * highest are kept, in their order, so that a spike is never lost. (Largest-triangle and averaging ways lose some.)
 * Buckets lie on a fixed grid and are a power of two wide: as a run grows, points that are drawn stay where they are,
 * until the buckets double.
 */

export interface Point {
  x: number;
  y: number;
}

/** Steps a bucket holds, for at most `buckets` of them. */
export function bucketWidth(steps: number, buckets: number): number {
  return steps <= buckets ? 1 : 2 ** Math.ceil(Math.log2(steps / buckets));
}

/** Writes points over those that an array has, whose objects are used again, each step once and in order. */
export class PointWriter {
  readonly #out: Point[];
  readonly #valueAt: (step: number) => number;
  readonly #xOf: (step: number) => number;
  #count = 0;
  #last = -1;

  constructor(out: Point[], valueAt: (step: number) => number, xOf: (step: number) => number) {
    this.#out = out;
    this.#valueAt = valueAt;
    this.#xOf = xOf;
  }

  /** A step that is not behind the last one; others, and -1, are left out. A value that is not finite is a gap: NaN. */
  put(step: number): void {
    if (step <= this.#last) return;
    this.#last = step;
    const value = this.#valueAt(step);
    const x = this.#xOf(step);
    const y = Number.isFinite(value) ? value : NaN;
    const point = this.#out[this.#count];
    if (point) {
      point.x = x;
      point.y = y;
    } else this.#out[this.#count] = { x, y };
    this.#count++;
  }

  /** Three steps of one bucket, in their order. */
  putAll(a: number, b: number, c: number): void {
    const first = Math.min(a, b, c);
    const last = Math.max(a, b, c);
    this.put(first);
    this.put(a + b + c - first - last);
    this.put(last);
  }

  /** Cuts the array to what was written. */
  end(): void {
    this.#out.length = this.#count;
  }
}

/**
 * Puts the points of the steps `from` to `to` (excluded) into `out`, whose points are used again, and cuts `out` to their
 * number: at most two a bucket. The first and the last step are always among them. A value that is not finite is a
 * gap, kept as one point with NaN.
 */
export function decimate(
  out: Point[],
  valueAt: (step: number) => number,
  xOf: (step: number) => number,
  from: number,
  to: number,
  buckets: number,
): void {
  const writer = new PointWriter(out, valueAt, xOf);
  const width = bucketWidth(to - from, buckets);
  for (let start = Math.floor(from / width) * width; start < to; start += width) {
    const end = Math.min(start + width, to);
    let low = -1;
    let high = -1;
    let gap = -1;
    let lowest = Infinity;
    let highest = -Infinity;
    for (let step = Math.max(start, from); step < end; step++) {
      const y = valueAt(step);
      if (!Number.isFinite(y)) {
        gap = step;
        continue;
      }
      if (y < lowest) {
        lowest = y;
        low = step;
      }
      if (y > highest) {
        highest = y;
        high = step;
      }
    }
    if (from >= start) writer.put(from);
    writer.putAll(low, high, gap);
    if (end === to) writer.put(to - 1);
  }
  writer.end();
}
