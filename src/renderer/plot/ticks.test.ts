import { expect, test } from 'vitest';
import { tickStep, ticksBetween } from './ticks.ts';

test('as many round steps as there is room for, at most ten', () => {
  expect(tickStep(20, 1100, true)).toBe(2);
  expect(tickStep(20, 300, true)).toBe(5);
  expect(tickStep(600_000, 1100, true)).toBe(100_000);
  expect(tickStep(0.3, 1100, false)).toBe(0.05);
  expect(tickStep(10, 10, false)).toBe(10);
  expect(tickStep(1e-3, 1100, false)).toBe(1e-4);
});

test('whole numbers where only these mean something', () => {
  expect(tickStep(3, 1100, true)).toBe(1);
  expect(tickStep(3, 1100, false)).toBe(0.5);
});

test('ticks are the same numbers wherever the part in sight begins', () => {
  expect(ticksBetween(0.1, 0.5, 0.1)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
  expect(ticksBetween(0.101, 0.499, 0.1)).toEqual([0.2, 0.3, 0.4]);
  expect(ticksBetween(-3, 12, 5)).toEqual([0, 5, 10]);
  expect(ticksBetween(3.1, 3.2, 1)).toEqual([]);
});
