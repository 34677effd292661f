/** Lays out the points of an embedding on a canvas, and finds the one under the pointer. */

export interface Scatter {
  readonly width: number;
  readonly height: number;
  /** Points × 2 in CSS pixels. */
  readonly places: Float32Array;
}

const margin = 10;

/** Scales both axes alike, so that distances in the picture are those of the coordinates. */
export function layOutPoints(
  coordinates: Float32Array,
  stride: number,
  width: number,
  height: number,
): Scatter {
  const count = Math.floor(coordinates.length / stride);
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (let point = 0; point < count; point += 1) {
    for (const axis of [0, 1]) {
      const value = coordinates[point * stride + axis]!;
      low[axis] = Math.min(low[axis]!, value);
      high[axis] = Math.max(high[axis]!, value);
    }
  }
  const room = [width - 2 * margin, height - 2 * margin];
  const extent = [0, 1].map((axis) => high[axis]! - low[axis]!);
  const scale = Math.min(
    ...[0, 1].map((axis) => (extent[axis]! > 0 ? room[axis]! / extent[axis]! : Infinity)),
  );
  const by = Number.isFinite(scale) ? scale : 1;
  const places = new Float32Array(2 * count);
  for (let point = 0; point < count; point += 1) {
    for (const axis of [0, 1]) {
      const middle = (low[axis]! + high[axis]!) / 2;
      const from = (axis === 0 ? width : height) / 2;
      const value = (coordinates[point * stride + axis]! - middle) * by;
      // The second axis points upwards.
      places[2 * point + axis] = axis === 0 ? from + value : from - value;
    }
  }
  return { width, height, places };
}

/** Returns the nearest of the points within `reach` CSS pixels, or null. */
export function pointAt(
  { places }: Scatter,
  x: number,
  y: number,
  shown: (point: number) => boolean,
  reach = 8,
): number | null {
  let best: number | null = null;
  let distance = reach * reach;
  for (let point = 0; point < places.length / 2; point += 1) {
    const own = (places[2 * point]! - x) ** 2 + (places[2 * point + 1]! - y) ** 2;
    if (own > distance || !shown(point)) continue;
    best = point;
    distance = own;
  }
  return best;
}

/** Returns the nearest point in a direction, for the arrow keys: one within a cone of 45° to either side. */
export function pointTowards(
  { places }: Scatter,
  from: number,
  [dx, dy]: readonly [number, number],
  shown: (point: number) => boolean,
): number {
  let best = from;
  let least = Infinity;
  for (let point = 0; point < places.length / 2; point += 1) {
    const x = places[2 * point]! - places[2 * from]!;
    const y = places[2 * point + 1]! - places[2 * from + 1]!;
    const along = x * dx + y * dy;
    const across = Math.abs(x * dy - y * dx);
    // A pixel at least, so that the keys get on in a crowd.
    if (along < 1 || across > along || !shown(point)) continue;
    const distance = along * along + across * across;
    if (distance < least) {
      least = distance;
      best = point;
    }
  }
  return best;
}
