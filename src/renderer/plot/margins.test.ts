import { expect, test } from 'vitest';
import { marginsOf } from './margins.ts';

test('a picture reaches beyond what is in sight, but not beyond what there is', () => {
  expect(marginsOf({ min: 10, max: 20 }, { min: 0, max: 100 }, 1000, 1)).toEqual({ left: 600, right: 600 });
  expect(marginsOf({ min: 2, max: 12 }, { min: 0, max: 13 }, 1000, 1)).toEqual({ left: 200, right: 100 });
  // The end is included, though it lies between whole pixels.
  expect(marginsOf({ min: 0.0515, max: 10 }, { min: 0, max: 10 }, 1000, 1)).toEqual({ left: 8, right: 0 });
});

test('a wide window with fine pixels has a smaller one', () => {
  const { left, right } = marginsOf({ min: 40, max: 60 }, { min: 0, max: 100 }, 2400, 2);
  expect([left, right]).toEqual([848, 848]);
});
