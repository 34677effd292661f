import { expect, test } from 'vitest';
import { accuracyFloor, growingExtent, lossExtent, roundDown, roundUp } from './extent.ts';

test('an axis grows in steps and ends at what is planned', () => {
  expect([0, 0.5, 1, 1.01, 2.5, 5.1].map((progress) => growingExtent(progress, 10))).toEqual([
    1, 1, 1, 2, 5, 10,
  ]);
  expect(growingExtent(0.2, 1)).toBe(1);
  expect(growingExtent(2.5, 3)).toBe(3);
  expect(growingExtent(130, 1000)).toBe(200);
  expect(growingExtent(130, Infinity)).toBe(200);
  expect(growingExtent(12, 10)).toBe(12);
});

test('an axis of accuracies begins at a round number below the lowest', () => {
  expect([99.1, 97, 96.7, 92, 50, Infinity].map(accuracyFloor)).toEqual([98, 95, 95, 90, 0, 90]);
});

test('round numbers around a value; a round one is its own', () => {
  expect([0.031, 0.3, 2.31, 9.9, 1200].map(roundUp)).toEqual(
    [0.04, 0.3, 2.5, 10, 1200].map((value) => expect.closeTo(value, 9)),
  );
  expect([0.031, 0.3, 2.31, 9.9, 1200].map(roundDown)).toEqual(
    [0.03, 0.3, 2, 8, 1200].map((value) => expect.closeTo(value, 9)),
  );
});

test('an axis of losses is from 0 where that leaves the values room', () => {
  expect(lossExtent(0.02, 2.3, false)).toEqual({ min: 0, max: 2.5 });
  const near = lossExtent(0.95, 1.01, false);
  expect(near.min).toBeGreaterThan(0.9);
  expect(near.min).toBeLessThanOrEqual(0.95);
  expect(near.max).toBeGreaterThanOrEqual(1.01);
  expect(near.max).toBeLessThan(1.1);
});

test('logarithmic, an axis of losses has no end at 0', () => {
  expect(lossExtent(0.0132, 2.31, true)).toEqual({ min: expect.closeTo(0.012), max: 2.5 });
  expect(lossExtent(0, 2, true).min).toBeGreaterThan(0);
  expect(lossExtent(0.5, 0.5, true)).toEqual({ min: 0.25, max: 1 });
});

test('nothing in sight, and losses that are no number, have an axis all the same', () => {
  for (const logarithmic of [false, true]) {
    const { min, max } = lossExtent(Infinity, -Infinity, logarithmic);
    expect(min).toBeLessThan(max);
    expect(min > 0 || !logarithmic).toBe(true);
  }
});
