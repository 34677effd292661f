import { expect, test } from 'vitest';
import { accuracyFloor, epochExtent } from './extent.ts';

test('an axis of epochs grows in steps and ends at what is planned', () => {
  expect([0, 0.5, 1, 1.01, 2.5, 5.1].map((progress) => epochExtent(progress, 10))).toEqual([
    1, 1, 1, 2, 5, 10,
  ]);
  expect(epochExtent(0.2, 1)).toBe(1);
  expect(epochExtent(2.5, 3)).toBe(3);
  expect(epochExtent(130, 1000)).toBe(200);
});

test('an axis of accuracies begins at a round number below the lowest', () => {
  expect([99.1, 97, 96.7, 92, 50, Infinity].map(accuracyFloor)).toEqual([98, 95, 95, 90, 0, 90]);
});
