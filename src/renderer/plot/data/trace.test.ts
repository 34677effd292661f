import { expect, test } from 'vitest';
import { runColour, runShape } from './trace.ts';

test('a run keeps its colour, and neighbours differ in colour and shape', () => {
  expect([1, 2, 7, 8, 15].map(runColour)).toEqual([1, 2, 7, 1, 1]);
  expect(runShape(1)).not.toBe(runShape(2));
});
