import { expect, test } from 'vitest';
import type { Point } from './decimate.ts';
import { Pyramid } from './pyramid.ts';

/** Deterministic noise. */
function noise(length: number, seed = 1): number[] {
  let state = seed;
  return Array.from({ length }, () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  });
}

const same = (step: number) => step;

function pick(pyramid: Pyramid, length: number, from: number, to: number, buckets: number): Point[] {
  const out: Point[] = [];
  pyramid.pick(out, same, length, from, to, buckets);
  return out;
}

const values = noise(100_000);
const whole = new Pyramid((step) => values[step]!);

test.each([
  [0, 100_000, 800],
  [0, 100_000, 50],
  [12_345, 67_890, 700],
  [99_000, 100_000, 300],
  [500, 540, 800],
])(
  'the steps %i to %i in %i buckets: few points, each a true one, and every extreme',
  (from, to, buckets) => {
    const points = pick(whole, values.length, from, to, buckets);
    expect(points.length).toBeLessThanOrEqual(2 * (buckets + 2) + 2);
    for (const { x, y } of points) expect(y).toBe(values[x]);
    const xs = points.map(({ x }) => x);
    expect(xs).toEqual([...new Set(xs)].sort((a, b) => a - b));
    const ys = points.filter(({ x }) => x >= from && x < to).map(({ y }) => y);
    const inside = values.slice(from, to);
    expect(Math.max(...ys)).toBe(Math.max(...inside));
    expect(Math.min(...ys)).toBe(Math.min(...inside));
  },
);

test('single spikes are there at every zoom', () => {
  const spiked = values.slice();
  spiked[54_321] = 7;
  spiked[70_007] = -7;
  const pyramid = new Pyramid((step) => spiked[step]!);
  for (const [from, to] of [
    [0, 100_000],
    [50_000, 75_000],
    [54_000, 71_000],
  ] as const) {
    const points = pick(pyramid, spiked.length, from, to, 200);
    expect(points).toContainEqual({ x: 54_321, y: 7 });
    expect(points).toContainEqual({ x: 70_007, y: -7 });
  }
});

test('both ends of the curve are drawn', () => {
  const points = pick(whole, 99_999, 0, 99_999, 100);
  expect([points[0]!.x, points.at(-1)!.x]).toEqual([0, 99_998]);
});

test('grown in portions, it says what one made at once says', () => {
  const growing = new Pyramid((step) => values[step]!);
  for (let length = 0; length <= 9000; length += 333) {
    growing.invalidate(Math.max(0, length - 333));
    expect(pick(growing, length, 0, length, 40)).toEqual(
      pick(new Pyramid((step) => values[step]!), length, 0, length, 40),
    );
  }
});

test.each([1, 7, 100, 1024, 5000])('cut to %i and gone on with other values, nothing old is left', (cut) => {
  let current = values.slice(0, 6000);
  const pyramid = new Pyramid((step) => current[step]!);
  pick(pyramid, 6000, 0, 6000, 30);
  pyramid.invalidate(cut);
  expect(pick(pyramid, cut, 0, cut, 30)).toEqual(
    pick(new Pyramid((step) => current[step]!), cut, 0, cut, 30),
  );
  current = [...current.slice(0, cut), ...noise(7000, 99).map((value) => value * 0.1)];
  pyramid.invalidate(cut);
  const { length } = current;
  expect(pick(pyramid, length, 0, length, 30)).toEqual(
    pick(new Pyramid((step) => current[step]!), length, 0, length, 30),
  );
});

test('a gap is one, however far out', () => {
  const broken = values.slice(0, 4000);
  broken[1234] = NaN;
  const points = pick(new Pyramid((step) => broken[step]!), 4000, 0, 4000, 20);
  expect(points.find(({ x }) => x === 1234)!.y).toBeNaN();
  expect(points.filter(({ y }) => Number.isNaN(y))).toHaveLength(1);
});

test('values are looked at once when they come, not with every drawing', () => {
  let asked = 0;
  const pyramid = new Pyramid((step) => {
    asked++;
    return values[step]!;
  });
  pick(pyramid, 100_000, 0, 100_000, 500);
  asked = 0;
  for (let shift = 0; shift < 10; shift++) pick(pyramid, 100_000, shift * 100, 90_000 + shift * 100, 500);
  expect(asked / 10).toBeLessThan(2500);
});
