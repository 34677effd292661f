import { expect, test } from 'vitest';
import { presets } from '../../../shared/network/presets.ts';
import { courseDraft } from './trainDraft.ts';
import { axesOf, combinationsOf, runsOfSweeps, sweepsOf } from './sweepForm.ts';

const [course, homework] = presets.map(({ network }) => network);
const own = { epochs: '2', batchSize: '64', learningRate: '0.01' };
const form = { draft: courseDraft, seeds: [0, 1], dataset: 'mnist', name: '' };

test('a form with one value everywhere is no sweep', () => {
  expect(sweepsOf({ ...form, nets: [{ network: course!, texts: own }] })).toEqual([]);
});

test('each field with several values is an axis, at the place where a sweep finds it', () => {
  const draft = structuredClone(courseDraft);
  draft.texts['sgd.momentum'] = '0, 0.9';
  draft.texts['adam.beta1'] = '0.5, 0.9';
  draft.choices.schedule = 'step';
  draft.texts['step.gamma'] = '0.1..0.5:3';
  draft.texts.warmUpSteps = '0, 100';
  const axes = axesOf(draft, { ...own, learningRate: '0.01, 0.1', batchSize: '32, 64' });
  expect(axes).toEqual([
    { path: 'batchSize', values: [32, 64] },
    { path: 'optimizer.learningRate', values: [0.01, 0.1] },
    { path: 'optimizer.momentum', values: [0, 0.9] },
    { path: 'schedule.gamma', values: [0.1, 0.3, 0.5] },
    { path: 'schedule.warmUpSteps', values: [0, 100] },
  ]);
});

test('the runs are all combinations with all seeds', () => {
  const nets = [{ network: course!, texts: { ...own, learningRate: '0.01, 0.1', batchSize: '32, 64' } }];
  const sweeps = sweepsOf({ ...form, nets });
  expect(runsOfSweeps(sweeps)).toBe(8);
  const runs = combinationsOf(sweeps[0]!).flatMap((combination) => combination.runs);
  expect(
    runs.map(({ settings }) => [settings.batchSize, settings.optimizer.learningRate, settings.seed]),
  ).toEqual([
    [32, 0.01, 0],
    [32, 0.01, 1],
    [32, 0.1, 0],
    [32, 0.1, 1],
    [64, 0.01, 0],
    [64, 0.01, 1],
    [64, 0.1, 0],
    [64, 0.1, 1],
  ]);
});

test('nets with the same values are an axis of one sweep, others have a sweep each', () => {
  const texts = { ...own, learningRate: '0.01, 0.1' };
  const alike = sweepsOf({ ...form, nets: [course!, homework!].map((network) => ({ network, texts })) });
  expect(alike).toHaveLength(1);
  expect(alike[0]!.axes.map(({ path }) => path)).toEqual(['network', 'optimizer.learningRate']);
  expect(runsOfSweeps(alike)).toBe(8);
  const apart = sweepsOf({
    ...form,
    nets: [
      { network: course!, texts },
      { network: homework!, texts: own },
    ],
  });
  expect(apart.map(({ axes }) => axes.length)).toEqual([1, 0]);
  expect(runsOfSweeps(apart)).toBe(6);
});
