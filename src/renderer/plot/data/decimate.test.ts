import { expect, test } from 'vitest';
import { type Point, bucketWidth, decimate } from './decimate.ts';

const identity = (step: number) => step;

function reduce(values: readonly number[], buckets: number): Point[] {
  const out: Point[] = [];
  decimate(out, (step) => values[step]!, identity, 0, values.length, buckets);
  return out;
}

/** Deterministic noise. */
function noise(length: number): number[] {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  });
}

test('keeps every point while there are few', () => {
  expect(reduce([3, 1, 2], 10)).toEqual([
    { x: 0, y: 3 },
    { x: 1, y: 1 },
    { x: 2, y: 2 },
  ]);
  expect(reduce([], 10)).toEqual([]);
});

test('keeps the extremes of 100,000 points, in order, and both ends', () => {
  const values = noise(100_000);
  values[54_321] = 7;
  values[70_007] = -7;
  const points = reduce(values, 800);
  expect(points.length).toBeLessThanOrEqual(2 * 800 + 4);
  expect(points).toContainEqual({ x: 54_321, y: 7 });
  expect(points).toContainEqual({ x: 70_007, y: -7 });
  expect(points[0]).toEqual({ x: 0, y: values[0] });
  expect(points.at(-1)).toEqual({ x: 99_999, y: values[99_999] });
  const xs = points.map(({ x }) => x);
  expect(xs).toEqual(xs.toSorted((a, b) => a - b));
  expect(new Set(xs).size).toBe(xs.length);
});

test('every bucket has its lowest and highest value', () => {
  const values = noise(5000);
  const width = bucketWidth(5000, 100);
  const points = reduce(values, 100);
  for (let start = 0; start < 5000; start += width) {
    const inside = points.filter(({ x }) => x >= start && x < start + width).map(({ y }) => y);
    const bucket = values.slice(start, start + width);
    expect(Math.min(...inside)).toBe(Math.min(...bucket));
    expect(Math.max(...inside)).toBe(Math.max(...bucket));
  }
});

test('what is drawn stays where it is as the run grows, until buckets double', () => {
  const values = noise(1500);
  const before = reduce(values.slice(0, 1100), 500);
  const after = reduce(values.slice(0, 1400), 500);
  const settled = before.filter(({ x }) => x < 1096);
  expect(after.slice(0, settled.length)).toEqual(settled);
});

test('a value that is no number leaves a gap and hides no extreme', () => {
  const values = [1, 5, NaN, 0, 2, 2, 2, Infinity];
  const points = reduce(values, 2);
  expect(points.map(({ x }) => x)).toEqual([0, 1, 2, 3, 4, 7]);
  expect(points[2]!.y).toBeNaN();
  expect(points.at(-1)!.y).toBeNaN();
});

test('uses its points again', () => {
  const out: Point[] = [];
  const values = noise(400);
  decimate(out, (step) => values[step]!, identity, 0, 400, 50);
  const [first] = out;
  decimate(out, () => 1, identity, 0, 3, 50);
  expect(out[0]).toBe(first);
  expect(out).toHaveLength(3);
});

test('shows only the steps asked for', () => {
  const values = noise(1000);
  const out: Point[] = [];
  decimate(
    out,
    (step) => values[step]!,
    (step) => step / 10,
    333,
    667,
    40,
  );
  expect(out[0]!.x).toBe(33.3);
  expect(out.at(-1)!.x).toBe(66.6);
});
