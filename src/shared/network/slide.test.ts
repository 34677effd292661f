/** Tests the formula in steps, the lost border, and the course's exercises with the known mistakes. */
import { expect, test } from 'vitest';
import { axisSizes, exercises, formulaWithNumbers, judge, outputOf, readShape, weightOf } from './slide.ts';
import { slidingWindowOf } from '../layers/index.ts';

test("the course's examples", () => {
  expect(outputOf(exercises[0]!)).toEqual([10, 24, 24]);
  expect(outputOf(exercises[1]!)).toEqual([10, 98, 98]);
  expect(weightOf(exercises[1]!)).toEqual([10, 5, 3, 3]);
});

test('step by step', () => {
  const window = slidingWindowOf({ type: 'conv2d', filters: 1, kernelSize: 5 })!;
  expect(axisSizes(28, window, 0)).toMatchObject({
    padded: 28,
    reach: 5,
    room: 23,
    steps: 23,
    out: 24,
    lost: 0,
  });
  expect(formulaWithNumbers(axisSizes(28, window, 0))).toBe('⌊(28 + 2·0 − 1·(5 − 1) − 1) / 1⌋ + 1 = 24');
  const pool = slidingWindowOf({ type: 'maxPool2d', kernelSize: 2 })!;
  expect(axisSizes(13, pool, 0)).toMatchObject({ room: 11, steps: 5, out: 6, rest: 1, lost: 1 });
});

test('padding at the end is no loss', () => {
  const window = slidingWindowOf({ type: 'conv2d', filters: 1, kernelSize: 3, stride: 2, padding: 1 })!;
  expect(axisSizes(28, window, 0)).toMatchObject({ out: 14, rest: 1, lost: 0 });
});

test('answers are read in the ways that people write them', () => {
  for (const text of ['10×24×24', '10 x 24 x 24', '(10, 24, 24)', '10 24 24', '10，24，24', '[10*24*24]'])
    expect(readShape(text, 3)).toEqual([10, 24, 24]);
  for (const text of ['', '10×24', '10×24×24×1', 'ten', '10×-2×3', '1.5x2x3'])
    expect(readShape(text, 3)).toBeNull();
});

test('slips are told apart', () => {
  const [first, , , padded] = exercises;
  expect(judge(first!, [10, 24, 24])).toBe('right');
  expect(judge(first!, [1, 24, 24])).toBe('channels');
  expect(judge(first!, [10, 23, 23])).toBe('plus-one');
  expect(judge(padded!, [20, 11, 11])).toBe('padding');
  expect(judge(padded!, [20, 12, 12])).toBe('plus-one');
  expect(judge(first!, [10, 5, 5])).toBe('wrong');
  for (const exercise of exercises) expect(judge(exercise, outputOf(exercise))).toBe('right');
});
