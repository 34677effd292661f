import { expect, test } from 'vitest';
import type { Combination, SweepRun } from '../../../shared/sweeps/sweeps.ts';
import { bestOf, gridAxes, heatMap, labelWidth, merit, shortLabel } from './grid.ts';

const run = (position: number, bestAccuracy: number, status: SweepRun['status'] = 'finished'): SweepRun => ({
  ...{ position, seed: position % 2, run: position + 1, status, epochsDone: 1, problem: null },
  ...{ bestAccuracy, lastAccuracy: bestAccuracy, testLoss: 1 - bestAccuracy, seconds: 2 },
});

const combination = (rate: number, batch: number, runs: SweepRun[]): Combination => ({
  label: '',
  values: [
    { path: 'optimizer.learningRate', value: rate },
    { path: 'batchSize', value: batch },
  ],
  count: runs.length,
  ...{ bestAccuracy: null, lastAccuracy: null, testLoss: null, seconds: null },
  runs,
});

const results = [
  combination(0.1, 64, [run(0, 0.9), run(1, 0.8)]),
  combination(0.1, 32, [run(2, 0.7), run(3, 0.1, 'failed')]),
  combination(0.01, 64, [run(4, 0.6), run(5, 0.4)]),
];

test('axes have each value once, numbers in order', () => {
  expect(gridAxes(results)).toEqual([
    { path: 'optimizer.learningRate', values: [0.01, 0.1] },
    { path: 'batchSize', values: [32, 64] },
  ]);
});

test('a cell is mean and sample deviation of the finished runs that have its values', () => {
  const [rate, batch] = gridAxes(results);
  const [small, large] = heatMap(results, rate!, batch!, 'bestAccuracy');
  expect(small!.map(({ spread, finished }) => [spread?.mean, finished])).toEqual([
    [undefined, 0],
    [0.7, 1],
  ]);
  expect(small![1]!.spread!.deviation).toBeNull();
  expect(large![1]!.spread!.mean).toBeCloseTo(0.85, 12);
  expect(large![1]!.spread!.deviation).toBeCloseTo(Math.sqrt(0.005), 12);
});

test('what is no axis of the figure is put together', () => {
  const [rate] = gridAxes(results);
  const [row] = heatMap(results, rate!, null, 'bestAccuracy');
  expect(row![1]!.spread!.mean).toBeCloseTo((0.9 + 0.8 + 0.7) / 3, 12);
  expect(row![1]!.finished).toBe(3);
});

test('less loss is better, and a loss that is no number is the worst', () => {
  expect(bestOf([0.5, 0.2, NaN], 'testLoss')).toBe(0.2);
  expect(bestOf([NaN], 'testLoss')).toBeNull();
  expect(merit(0.2, [0.5, 0.2], 'testLoss')).toBe(1);
  expect(merit(NaN, [0.5, 0.2, NaN], 'testLoss')).toBe(0);
  expect(merit(0.9, [0.9], 'bestAccuracy')).toBe(1);
});

test("a label's box has room for its text, which is cut where there is none beside the axis", () => {
  expect(labelWidth('0.01')).toBe(60);
  // "Homework net" takes 80 pixels.
  expect(labelWidth('Homework net')).toBeGreaterThan(84);
  expect(labelWidth('我的课程网络')).toBeGreaterThan(76);
  expect(shortLabel('Homework net')).toBe('Homework net');
  expect(shortLabel('A net with a very long name')).toBe('A net with a very…');
  // Half of it is to the left of the first axis, which is 70 pixels from the edge.
  expect(labelWidth(shortLabel('A net with a very long name'))).toBeLessThan(140);
});
