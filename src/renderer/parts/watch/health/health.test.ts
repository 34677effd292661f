import { expect, test } from 'vitest';
import { sampleEpoch } from '../../../../../test/support/fakeLab.ts';
import type { LayerHealth } from '../../../../shared/runs/runs.ts';
import { healthMaps, readHealth, shadeOf } from './health.ts';

const layer = (index: number, changes: Partial<LayerHealth>): LayerHealth => ({
  index,
  type: 'conv2d',
  gradientNorm: null,
  weightNorm: null,
  updateRatio: null,
  mean: 0,
  deviation: 1,
  sparsity: 0.5,
  dead: null,
  saturated: null,
  ...changes,
});
const epoch = (number: number, layers: LayerHealth[]) =>
  sampleEpoch(number, {
    details: {
      learningRate: 0.01,
      validation: null,
      layers,
      dataSeconds: 0,
      measureSeconds: 0,
      imagesPerSecond: 1,
    },
  });

test('a map a measure that some layer has, a row a layer that has it, a column an epoch', () => {
  const maps = healthMaps([
    epoch(1, [layer(0, { gradientNorm: 1 }), layer(1, { dead: 0.1 })]),
    epoch(2, [layer(0, { gradientNorm: 100 }), layer(1, { dead: 0.4 })]),
  ]);
  expect(maps.map(({ measure }) => measure)).toEqual([
    'gradientNorm',
    'dead',
    'sparsity',
    'mean',
    'deviation',
  ]);
  expect(maps[0]).toMatchObject({ low: 1, high: 100, rows: [{ index: 0, values: [1, 100] }] });
  expect(maps[1]).toMatchObject({ low: 0, high: 1, rows: [{ index: 1, values: [0.1, 0.4] }] });
});

test('runs without these numbers have no maps', () => {
  expect(healthMaps([sampleEpoch(1)])).toEqual([]);
});

test('norms are shaded by their logarithm, shares as they are', () => {
  expect(shadeOf({ measure: 'gradientNorm', low: 0.01, high: 100 }, 1)).toBeCloseTo(0.5, 12);
  expect(shadeOf({ measure: 'dead', low: 0, high: 1 }, 0.25)).toBe(0.25);
  expect(shadeOf({ measure: 'mean', low: 2, high: 2 }, 2)).toBe(0.5);
});

test('a reading says what is usual and what is not', () => {
  expect(readHealth('dead', 0.35)).toContain('35%');
  expect(readHealth('dead', 0.35)).not.toBe(readHealth('dead', 0.05).replace('5.0%', '35%'));
  expect(readHealth('gradientNorm', 1e-9)).toContain('vanishes');
  expect(readHealth('gradientNorm', 1e5)).toContain('explodes');
  expect(readHealth('updateRatio', 1e-3)).toContain('good pace');
});
