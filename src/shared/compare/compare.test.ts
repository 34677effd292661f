import { expect, test } from 'vitest';
import { findPreset } from '../network/presets.ts';
import { trainingSettingsSchema } from '../training/training.ts';
import { disagreementsOf } from './disagreements.ts';
import { paretoFront } from './pareto.ts';
import { type TestPredictions, imagesOfCell } from './predictions.ts';
import { qualityOf } from './quality.ts';
import { distinguishingKeys, settingsTable } from './tables/settingsTable.ts';

function predictions(labels: number[], rows: number[][]): TestPredictions {
  return {
    labels: Uint16Array.from(labels),
    predictions: Uint16Array.from(rows, (row) => row.indexOf(Math.max(...row))),
    probabilities: Float32Array.from(rows.flat()),
    classes: rows[0]!.length,
  };
}

const labels = [0, 1, 2, 0, 1];
const a = predictions(labels, [
  [0.9, 0.1, 0],
  [0.2, 0.7, 0.1],
  [0.6, 0.3, 0.1],
  [0.1, 0.8, 0.1],
  [0.5, 0.1, 0.4],
]);
const b = predictions(labels, [
  [0.1, 0.3, 0.6],
  [0.95, 0.05, 0],
  [0.7, 0.2, 0.1],
  [0.8, 0.1, 0.1],
  [0.1, 0.1, 0.8],
]);

test('disagreements, those first that are given a wrong class most surely', () => {
  expect(disagreementsOf(a, b)).toEqual({
    onlyA: [1, 0],
    onlyB: [3],
    wrongAlike: [2],
    wrongDifferently: [4],
  });
  const turned = disagreementsOf(b, a);
  expect([turned.onlyA, turned.onlyB]).toEqual([[3], [1, 0]]);
});

test('a cell opens as many images as it counts', () => {
  const { confusion } = qualityOf(b);
  for (const label of [0, 1, 2])
    for (const prediction of [0, 1, 2])
      expect(imagesOfCell(b, label, prediction)).toHaveLength(confusion[label * 3 + prediction]!);
});

test('the Pareto front: strictly better ones only, equal ones all', () => {
  const of = (...points: [number, number][]) =>
    paretoFront(points.map(([cost, accuracy]) => ({ cost, accuracy })));
  expect(of([1, 0.9], [2, 0.95], [3, 0.94], [4, 0.99])).toEqual([0, 1, 3]);
  expect(of([2, 0.9], [1, 0.9])).toEqual([1]);
  expect(of([1, 0.9], [1, 0.9])).toEqual([0, 1]);
  expect(of([1, 0.8], [1, 0.9])).toEqual([1]);
  expect(of([Number.NaN, 0.9], [1, 0.5])).toEqual([1]);
});

test('settings: the union of rows, from either side; deep values, defaults filled in', () => {
  const { network, settings } = findPreset('course')!;
  const plain = { network, settings, dataset: 'mnist' };
  const augmented = {
    ...plain,
    settings: trainingSettingsSchema.parse({ ...settings, seed: 3, augmentation: { shift: 2 } }),
  };
  const differing = (rows: ReturnType<typeof settingsTable>) =>
    rows.filter(({ differs }) => differs).map(({ key }) => key);
  const rows = settingsTable([plain, augmented]);
  expect(differing(rows)).toEqual(expect.arrayContaining(['seed', 'augmentation', 'augmentation.shift']));
  expect(differing(settingsTable([augmented, plain])).toSorted()).toEqual(differing(rows).toSorted());
  expect(rows.find(({ key }) => key === 'augmentation.shift')?.values).toEqual([null, '2']);
  expect(distinguishingKeys(rows, 2)).toHaveLength(1);
  expect(distinguishingKeys(settingsTable([plain, plain]), 2)).toBeNull();
});
