/**
 * Reduces the points of a curve without changing its picture: of the steps in one bucket, about a pixel wide, the
 * lowest and the highest are kept, in their order, so that a spike is never lost. (Largest-triangle and averaging
 * methods lose some.) Buckets are on a fixed grid and a power of two wide: as a run grows, drawn points keep their
 * places until the buckets double.
 */

export interface Point {
  x: number;
  y: number;
}

/** Returns the number of steps in a bucket, for at most `buckets` of them. */
export function bucketWidth(steps: number, buckets: number): number {
  return steps <= buckets ? 1 : 2 ** Math.ceil(Math.log2(steps / buckets));
}

/** Writes points over the elements of an array, reusing its objects, each step once and in order. */
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

  /**
   * Writes a step that is after the last one; others, and -1, are skipped. A value that is not finite is a gap: NaN.
   */
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

  /** Writes three steps of one bucket, in their order. */
  putAll(a: number, b: number, c: number): void {
    const first = Math.min(a, b, c);
    const last = Math.max(a, b, c);
    this.put(first);
    this.put(a + b + c - first - last);
    this.put(last);
  }

  /** Truncates the array to the written points. */
  end(): void {
    this.#out.length = this.#count;
  }
}

/**
 * Writes the points of the steps from `from` up to `to` (exclusive) into `out`, reusing its objects, and truncates it:
 * at most two points for each bucket. The first and the last step are always included. A value that is not finite is a
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
