import { expect, test } from 'vitest';
import { BestEpoch, requireWatchable } from './bestEpoch.ts';
import type { EpochRecord } from './runs.ts';
import { type StoppingMetric, trainingSettingsSchema } from '../training/training.ts';

function record(epoch: number, change: Partial<EpochRecord>): EpochRecord {
  return {
    epoch,
    trainLoss: 1,
    testLoss: 1,
    testCorrect: 50,
    testTotal: 100,
    confusion: [],
    trainSeconds: 1,
    testSeconds: 1,
    details: null,
    ...change,
  };
}

const watching = (metric: StoppingMetric, validation: object | null = null) =>
  trainingSettingsSchema.parse({ earlyStopping: { metric, patience: 3 }, validation });

test('the best by test accuracy; of equal epochs the earlier', () => {
  const best = new BestEpoch(trainingSettingsSchema.parse({}));
  expect(best.epoch).toBeNull();
  const told = [90, 89, 91, 91, 80].map((testCorrect, i) => best.add(record(i + 1, { testCorrect })));
  expect(told).toEqual([true, false, true, false, false]);
  expect(best.epoch).toBe(3);
});

test('what early stopping watches decides, and a loss that is no number is never better', () => {
  const losses = [NaN, Infinity, 0.5, NaN, 0.4, 0.4];
  const epochs = losses.map((testLoss, i) => record(i + 1, { testLoss, testCorrect: 99 - i }));
  expect(new BestEpoch(watching('testLoss'), epochs).epoch).toBe(5);
  expect(new BestEpoch(watching('testLoss'), epochs.slice(0, 2)).epoch).toBe(1);
  expect(new BestEpoch(watching('testAccuracy'), epochs).epoch).toBe(1);
});

test('validation images that nobody holds back cannot be watched', () => {
  expect(() => requireWatchable(watching('validationLoss'))).toThrow('no validation images are held back');
  expect(() => requireWatchable(watching('validationLoss', { fraction: 0.1 }))).not.toThrow();
  expect(() => requireWatchable(watching('testLoss'))).not.toThrow();
});
