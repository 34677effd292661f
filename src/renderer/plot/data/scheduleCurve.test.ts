import { expect, test } from 'vitest';
import { trainingSettingsSchema } from '../../../shared/training/training.ts';
import { curveOf } from './scheduleCurve.ts';

const settings = (schedule: object, epochs = 4) => trainingSettingsSchema.parse({ epochs, schedule });

test('a schedule that steps is a line with corners at its epochs', () => {
  const { points, first, last, highest } = curveOf(settings({ type: 'step', stepSize: 2, gamma: 0.1 }), 100);
  expect([first, last, highest]).toEqual([0.01, 0.001, 0.01]);
  expect(points.findLast(({ y }) => y === 0.01)?.x).toBe(1.99);
  expect(points.find(({ y }) => y < 0.01)?.x).toBe(2);
});

test('the end of the warm-up is a point, and a long run has few of them', () => {
  const { points, first } = curveOf(settings({ type: 'constant', warmUpSteps: 123 }, 1000), 938);
  expect(first).toBeCloseTo(0.01 / 123, 12);
  expect(points.some(({ x, y }) => x === 122 / 938 && y === 0.01)).toBe(true);
  expect(points.length).toBeLessThan(700);
  expect(points.map(({ x }) => x)).toEqual(points.map(({ x }) => x).toSorted((a, b) => a - b));
});
