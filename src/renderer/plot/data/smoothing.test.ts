import { expect, test } from 'vitest';
import { Smoothed, smoothingPositions, smoothingWeight } from './smoothing.ts';

const values = Array.from({ length: 3000 }, (_, step) => Math.sin(step / 10) + 2);
const smooth = (weight: number, of: readonly number[] = values) => {
  const smoothed = new Smoothed((step) => of[step]!, weight);
  smoothed.update(of.length);
  return of.map((_, step) => smoothed.valueAt(step));
};

test('debiased: a constant stays what it is from the first value on', () => {
  for (const value of smooth(0.99, [3, 3, 3, 3])) expect(value).toBeCloseTo(3, 12);
  expect(smooth(0.9, [5, 1])[1]).toBeCloseTo((0.9 * 5 + 1) / 1.9, 12);
});

test('is the weighted mean of all before, by its definition', () => {
  const weight = 0.95;
  const step = 57;
  const weights = Array.from({ length: step + 1 }, (_, index) => weight ** (step - index));
  const mean =
    weights.reduce((sum, each, index) => sum + each * values[index]!, 0) /
    weights.reduce((sum, each) => sum + each, 0);
  expect(smooth(weight)[step]).toBeCloseTo(mean, 10);
});

test('what comes later never moves what was drawn', () => {
  const early = smooth(0.97, values.slice(0, 1500));
  expect(smooth(0.97).slice(0, 1500)).toEqual(early);
  const grown = new Smoothed((step) => values[step]!, 0.97);
  for (let length = 0; length <= 3000; length += 100) grown.update(length);
  expect(values.map((_, step) => grown.valueAt(step))).toEqual(smooth(0.97));
});

test('cut and gone on with other values, it forgets the old ones', () => {
  let current = values.slice();
  const smoothed = new Smoothed((step) => current[step]!, 0.9);
  smoothed.update(3000);
  current = [...values.slice(0, 700), 9, 9, 9];
  smoothed.invalidate(700);
  smoothed.update(703);
  expect(smoothed.valueAt(702)).toBeCloseTo(smooth(0.9, current)[702]!, 12);
});

test('a gap is a gap, and the average goes on behind it', () => {
  const [a, gap, b] = smooth(0.5, [1, NaN, 4]);
  expect([a, gap]).toEqual([1, NaN]);
  expect(b).toBeCloseTo((0.5 * 1 + 4) / 1.5, 12);
});

test('the slider goes from nothing to a thousand values', () => {
  expect(smoothingWeight(0)).toBe(0);
  expect(smoothingWeight(smoothingPositions)).toBeCloseTo(0.999, 12);
  const weights = Array.from({ length: smoothingPositions + 1 }, (_, position) => smoothingWeight(position));
  expect(weights).toEqual(weights.toSorted((x, y) => x - y));
});
