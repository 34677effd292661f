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
  let count = 0;
  const keep = (step: number, y: number) => {
    const point = out[count];
    if (point) {
      point.x = xOf(step);
      point.y = y;
    } else out[count] = { x: xOf(step), y };
    count++;
  };
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
    const first = from >= start ? from : -1;
    const last = end === to ? to - 1 : -1;
    for (const step of [...new Set([first, low, high, gap, last])].sort((a, b) => a - b)) {
      if (step < 0) continue;
      const y = valueAt(step);
      keep(step, Number.isFinite(y) ? y : NaN);
    }
  }
  out.length = count;
}
