import { describe, expect, test } from 'vitest';
import type { EpochRecord, LayerHealth } from '../runs/runs.ts';
import { type Observed, findTrouble, withLearningRateTimes } from './troubles.ts';
import { trainingSettingsSchema } from './training.ts';

const settings = trainingSettingsSchema.parse({});
const classes = 10;
const guessing = Math.log(10);

const layer = (changes: Partial<LayerHealth> = {}): LayerHealth => ({
  ...{ index: 2, type: 'relu', gradientNorm: null, weightNorm: null, updateRatio: null },
  ...{ mean: 0, deviation: 1, sparsity: 0.5, dead: 0, saturated: null, ...changes },
});

/** All images are predicted as class 0; there are 100 images of each class. */
function record(testCorrect: number, layers: LayerHealth[] = [layer()]): EpochRecord {
  const confusion = Array.from({ length: 100 }, (_, place) => (place % 10 === 0 ? 100 : 0));
  return {
    ...{ epoch: 1, trainLoss: 2.3, testLoss: 2.3, testCorrect, testTotal: 1000, confusion },
    ...{ trainSeconds: 1, testSeconds: 0.1 },
    details: {
      ...{ learningRate: 0.01, validation: null, layers, dataSeconds: 0, measureSeconds: 0 },
      imagesPerSecond: 1,
    },
  };
}

const observed = (changes: Partial<Observed>): Observed => ({
  ...{ settings, classes, stepsPerEpoch: 938, losses: [], steps: 0, epochs: [], ...changes },
});
const losses = (...values: readonly [count: number, loss: number][]) =>
  values.flatMap(([count, loss]) => new Array<number>(count).fill(loss));
const seen = (...values: readonly [count: number, loss: number][]) => {
  const all = losses(...values);
  return observed({ losses: all, steps: all.length });
};

describe('a loss above that of guessing', () => {
  test('is said within the epoch, with a smaller learning rate to try', () => {
    expect(findTrouble(seen([50, 2.3], [200, 3]))).toEqual({
      ...{ kind: 'aboveGuessing', cause: 'rateTooLarge', epoch: 0, value: 3, chance: guessing },
      ...{ layer: null, factor: 0.1 },
    });
  });

  test('is neither a net that has learned nothing yet, nor a bad moment, nor too early', () => {
    expect(findTrouble(seen([500, 2.31]))).toBeNull();
    expect(findTrouble(seen([300, 0.5], [60, 5]))).toBeNull();
    expect(findTrouble(seen([199, 3]))).toBeNull();
    expect(findTrouble(seen([200, 3], [400, 0.4]))).toBeNull();
  });

  test('is found in epochs of few batches too', () => {
    const all = losses([30, 4]);
    const found = findTrouble(observed({ stepsPerEpoch: 8, losses: all, steps: all.length }));
    expect(found?.kind).toBe('aboveGuessing');
  });
});

describe('after an epoch', () => {
  const after = (epoch: EpochRecord, changes: Partial<Observed> = {}) =>
    findTrouble(observed({ epochs: [epoch], ...changes }));

  test('a net that learns is let be', () => {
    expect(after(record(900))).toBeNull();
    expect(after(record(130))).toBeNull();
  });

  test('an accuracy that is chance, with its likely cause', () => {
    const updates = (updateRatio: number) => [layer({ updateRatio })];
    expect(after(record(100, updates(0.01)))).toMatchObject({
      ...{ kind: 'atChance', cause: 'rateTooLarge', factor: 0.1, value: 0.1, chance: 0.1 },
    });
    expect(after(record(100, updates(1e-6)))).toMatchObject({ cause: 'rateTooSmall', factor: 10 });
    expect(after(record(100, [layer({ saturated: 0.95 })]))).toMatchObject({
      cause: 'saturated',
      factor: null,
    });
    const zeros = trainingSettingsSchema.parse({ initialisation: { type: 'zeros' } });
    expect(after(record(100), { settings: zeros })).toMatchObject({ cause: 'zeroWeights', factor: null });
  });

  test('gradients that explode, and layers all of whose units are dead, by their place', () => {
    expect(after(record(500, [layer(), layer({ index: 4, gradientNorm: 1e4 })]))).toMatchObject({
      ...{ kind: 'exploding', layer: 5, value: 1e4, factor: 0.1 },
    });
    expect(after(record(100, [layer({ dead: 1 })]))).toMatchObject({ kind: 'deadUnits', layer: 3 });
    expect(after(record(900, [layer({ dead: 0.6 })]))).toBeNull();
  });
});

describe('another learning rate', () => {
  test('is the optimizer’s, without the digits that rounding leaves', () => {
    expect(withLearningRateTimes(settings, 0.1).optimizer.learningRate).toBe(0.001);
  });
  test('is the one-cycle schedule’s maximum, and the cosine’s end goes with it', () => {
    const oneCycle = trainingSettingsSchema.parse({ schedule: { type: 'oneCycle', maximum: 3 } });
    expect(withLearningRateTimes(oneCycle, 0.1)).toMatchObject({
      schedule: { maximum: 0.3 },
      optimizer: { learningRate: 0.01 },
    });
    const cosine = trainingSettingsSchema.parse({ schedule: { type: 'cosine', minimum: 0.001 } });
    expect(withLearningRateTimes(cosine, 0.1).schedule).toMatchObject({ minimum: 0.0001 });
  });
});
