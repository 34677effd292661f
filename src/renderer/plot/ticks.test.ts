import { expect, test } from 'vitest';
import { tickForm, tickStep, ticksBetween } from './ticks.ts';

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

test('words of a value axis are short, and neighbours are not alike', () => {
  expect(tickForm(1_500_000, 500_000)).toEqual({ decimals: 1, exponent: true });
  expect(tickForm(0.25, 0.25)).toEqual({ decimals: 2, exponent: false });
  expect(tickForm(2.3012, 0.0002)).toEqual({ decimals: 4, exponent: false });
  expect(tickForm(0, 0.5)).toEqual({ decimals: 0, exponent: false });
  expect(tickForm(0.00001, 0)).toEqual({ decimals: 1, exponent: true });
  expect(tickForm(0.05, 0)).toEqual({ decimals: 3, exponent: false });
});
