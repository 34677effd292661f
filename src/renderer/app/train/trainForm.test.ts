import { expect, test } from 'vitest';
import { FakeLab } from '../../../../test/support/fakeLab.ts';
import { findPreset, presets } from '../../../shared/network/presets.ts';
import { trainingSettingsSchema } from '../../../shared/training/training.ts';
import { PreferencesState } from '../preferences/preferences.svelte.ts';
import { TrainForm } from './trainForm.svelte.ts';

// The course's two presets are enough here.
const given = presets.slice(0, 2).map((preset) => ({ ...preset, parameterCount: 8490 }));
const saved = (id: number, name: string) => ({
  ...{ id, network: { ...presets[0]!.network, name }, revision: 1, version: 1, changed: false },
  ...{ createdAt: '2026', updatedAt: '2026' },
});
const kept: Record<string, unknown> = {};
function fakeLab(): FakeLab {
  return new FakeLab()
    .answer('presets.list', () => given)
    .answer('networks.list', () => [saved(7, 'mine')])
    .answer('preferences.get', () => kept as never)
    .answer('preferences.set', ({ key, value }) => {
      kept[key] = value;
      return {};
    });
}

async function loaded(): Promise<TrainForm> {
  const form = new TrainForm();
  await form.load(fakeLab());
  return form;
}

const mnist = {
  ...{ id: 'mnist', name: 'MNIST', height: 28, width: 28, channels: 1, classes: [...'0123456789'] },
  ...{ trainCount: 60_000, testCount: 10_000, hash: '', mean: [0.13], deviation: [0.31] },
};
const keys = (form: TrainForm) => form.nets.map(({ key }) => key);
const course = () => findPreset('course')!.network;

test('is filled in with the first preset and the course’s values', async () => {
  const form = new TrainForm();
  expect(form.ready).toBe(false);
  await form.load(fakeLab());
  expect(keys(form)).toEqual(['preset:course', 'preset:homework', 'saved:7']);
  expect([...form.chosen]).toEqual(['preset:course']);
  expect(form.chosenNets[0]!.texts).toEqual({ epochs: '10', batchSize: '64', learningRate: '0.01' });
  expect(form.toRequest()).toEqual({
    runs: [{ network: course(), settings: trainingSettingsSchema.parse({}), dataset: 'mnist' }],
    together: true,
  });
});

test('nets have epochs, batch size and learning rate of their own; several seeds are several runs', async () => {
  const form = await loaded();
  form.toggle('preset:homework', true);
  form.chosenNets[1]!.texts.learningRate = '1e-3';
  form.seeds = '3, 4';
  form.together = false;
  form.threads = 1;
  form.name = ' tries ';
  const request = form.toRequest();
  expect(request.runs.map(({ name, settings }) => [name, settings.epochs, settings.seed])).toEqual([
    ['tries (course, 3)', 10, 3],
    ['tries (course, 4)', 10, 4],
    ['tries (homework, 3)', 2, 3],
    ['tries (homework, 4)', 2, 4],
  ]);
  expect(request.runs[2]!.settings.optimizer).toMatchObject({ learningRate: 0.001, momentum: 0.5 });
  expect(request).toMatchObject({ together: false, threads: 1 });
});

test('is not ready while a number is wrong, seeds are none, or no net is chosen', async () => {
  const form = await loaded();
  const net = form.chosenNets[0]!;
  form.draft.texts['sgd.momentum'] = '1';
  expect(form.ready).toBe(false);
  form.reset('optimizer');
  expect(form.ready).toBe(true);
  net.texts.epochs = '0';
  expect([net.readings.epochs.values, form.ready, form.toRequest().runs]).toEqual([null, false, []]);
  form.resetOwn(net, 'epochs');
  form.seeds = 'x';
  expect(form.ready).toBe(false);
  form.resetAll();
  expect(form.ready).toBe(true);
  form.toggle('preset:course', false);
  expect(form.ready).toBe(false);
});

test('a net that cannot be trained is chosen, and says why', async () => {
  const form = await loaded();
  form.datasets = () => [mnist];
  form.choose({ ...course(), layers: course().layers.slice(0, -1) });
  expect([form.chosenNets[0]!.problem?.code, form.ready]).toEqual(['network.output', false]);
  form.choose({ ...course(), layers: [{ type: 'conv2d', filters: 4, kernelSize: 99 }] });
  expect(form.chosenNets[0]!.problem).not.toBeNull();
});

test('a net from elsewhere is chosen alone, with the settings that it comes with', async () => {
  const form = await loaded();
  const network = { ...course(), name: 'other' };
  const settings = trainingSettingsSchema.parse({
    ...{ epochs: 3, seed: 9, optimizer: { type: 'adam' }, labelSmoothing: 0.1 },
  });
  const learningRates = [{ step: 100, learningRate: 0.5 }];
  form.fill({ network, settings, name: 'again', learningRates });
  expect(form.toRequest().runs).toEqual([
    { network, settings, dataset: 'mnist', name: 'again', learningRates },
  ]);
  form.choose(presets[1]!.network);
  expect([...form.chosen]).toEqual(['preset:homework']);
  form.choose({ ...course(), name: 'mine' });
  expect([...form.chosen]).toEqual(['saved:7']);
});

test('another optimizer brings its learning rate, but not where one was typed', async () => {
  const form = await loaded();
  const [first, second] = form.nets;
  second!.texts.learningRate = '0.3';
  form.setOptimizer('adam');
  expect([first!.texts.learningRate, second!.texts.learningRate]).toEqual(['0.001', '0.3']);
  expect(form.ownChanged(first!, 'learningRate')).toBe(false);
  form.setOptimizer('sgd');
  expect(first!.texts.learningRate).toBe('0.01');
});

test('nets of the Design screen come, change and go', async () => {
  const lab = fakeLab();
  const form = new TrainForm();
  form.follow(lab);
  await form.load(lab);
  form.toggle('saved:7', true);
  form.nets.find(({ key }) => key === 'saved:7')!.texts.epochs = '4';
  lab.emit('networks.changed', { id: 7, network: saved(7, 'renamed'), writer: 'w' });
  const renamed = form.nets.find(({ key }) => key === 'saved:7')!;
  expect([renamed.name, renamed.texts.epochs]).toEqual(['renamed', '4']);
  lab.emit('networks.changed', { id: 8, network: saved(8, 'new'), writer: 'w' });
  expect(keys(form)).toContain('saved:8');
  lab.emit('networks.changed', { id: 7, network: null, writer: 'w' });
  expect([keys(form).includes('saved:7'), form.chosen.has('saved:7')]).toEqual([false, false]);
});

test('what was last started is there the next time, and can be reset', async () => {
  const lab = fakeLab();
  const before = new TrainForm(new PreferencesState(lab));
  await before.load(lab);
  before.toggle('preset:homework', true);
  before.toggle('preset:course', false);
  before.chosenNets[0]!.texts.epochs = '5';
  before.setOptimizer('adam');
  before.draft.texts['adam.beta1'] = '0.8';
  before.seeds = '0-2';
  const request = before.toRequest();
  before.remember();
  await new Promise((resolve) => setTimeout(resolve));

  const preferences = new PreferencesState(lab);
  const after = new TrainForm(preferences);
  // The order in which the two arrive does not matter.
  await after.load(lab);
  await preferences.load();
  expect(after.toRequest()).toEqual(request);
  after.resetAll();
  expect(after.toRequest().runs).toEqual([
    {
      network: presets[1]!.network,
      settings: trainingSettingsSchema.parse({ epochs: 2 }),
      dataset: 'mnist',
    },
  ]);
});

test('cores are shared out among the runs, or as many as were chosen', async () => {
  const form = await loaded();
  expect([form.threadsOf(8, 1), form.threadsOf(8, 3), form.threadsOf(2, 5)]).toEqual([8, 2, 1]);
  form.together = false;
  expect(form.threadsOf(8, 3)).toBe(8);
  form.threads = 3;
  expect([form.threadsOf(8, 3), form.threadsOf(2, 3)]).toEqual([3, 2]);
});

test('tags go with every run; what cannot be a tag holds the start up', async () => {
  const form = await loaded();
  form.tags = ' wide, first  try，Wide,';
  form.seeds = '0, 1';
  expect(form.toRequest().runs.map(({ tags }) => tags)).toEqual([
    ['wide', 'first try'],
    ['wide', 'first try'],
  ]);
  form.tags = 'a (b)';
  expect(form.ready).toBe(false);
  form.tags = '';
  expect(form.toRequest().runs[0]).not.toHaveProperty('tags');
});

test('a kept net is named in the request, also where a run or the Design screen brings it', async () => {
  const form = await loaded();
  form.toggle('preset:course', false);
  form.toggle('saved:7', true);
  expect(form.toRequest().runs[0]!.keptNetwork).toBe(7);
  const network = { ...course(), name: 'mine, older' };
  form.fill({ network, settings: trainingSettingsSchema.parse({}), kept: 7, tags: ['wide', 'old'] });
  expect(form.toRequest().runs[0]).toMatchObject({ network, keptNetwork: 7, tags: ['wide', 'old'] });
  form.choose(course());
  expect(form.toRequest().runs[0]).not.toHaveProperty('keptNetwork');
});

test('nets follow the chosen data set: the input’s size and channels, and one output a class', async () => {
  const form = await loaded();
  const ofColour = { height: 32, width: 32, channels: 3, classes: ['a', 'b'] };
  const colour = { ...mnist, id: 'cats', name: 'Cats', ...ofColour };
  form.datasets = () => [mnist, colour, { ...colour, id: 'tiny', height: 4, width: 4 }];
  expect(form.chosenNets[0]).toMatchObject({ adaptedTo: null, problem: null, parameterCount: 8490 });
  form.toggle('saved:7', true);
  expect(form.toRequest().runs[1]).toMatchObject({ keptNetwork: 7 });
  form.chooseDataset('cats');
  // The layers of a net that is no preset are left as they were designed.
  expect(form.chosenNets[1]).toMatchObject({ problem: { code: 'network.output' } });
  form.toggle('saved:7', false);
  const { runs } = form.toRequest();
  expect(runs.map(({ network }) => [network.input, network.layers.at(-1)])).toEqual([
    [
      { height: 32, width: 32, channels: 3 },
      { type: 'linear', units: 2 },
    ],
  ]);
  expect(runs[0]).toMatchObject({ dataset: 'cats', settings: { normalisation: 'dataset' } });
  expect(form.chosenNets[0]!.adaptedTo?.name).toBe('Cats');
  form.chooseDataset('tiny');
  expect(form.ready).toBe(false);
  expect(form.chosenNets[0]!.problem?.code).toBe('layer.kernel-too-large');
  form.chooseDataset('mnist');
  expect(form.chosenNets[0]!.network).toBe(form.chosenNets[0]!.designed);
});
