import { expect, test } from 'vitest';
import { presets } from '../../shared/presets.ts';
import { trainingSettingsSchema } from '../../shared/training.ts';
import { NetForm, TrainForm, settingNames, settingRules } from './trainForm.svelte.ts';

const given = presets.map((preset) => ({ ...preset, parameterCount: 8490 }));
const lab = { call: async () => given, on: () => () => undefined } as never;

test('is filled in with the first preset and its values', async () => {
  const form = new TrainForm();
  expect(form.ready).toBe(false);
  await form.load(lab);
  expect(form.nets.map((net) => net.name)).toEqual(['course', 'homework']);
  expect([...form.chosen]).toEqual(['course']);
  expect(form.chosenNets[0]!.texts).toEqual({
    epochs: '10',
    batchSize: '64',
    learningRate: '0.01',
    momentum: '0.5',
    seed: '0',
  });
  expect(form.ready).toBe(true);
});

test('asks for what is typed, each net with its own settings', async () => {
  const form = new TrainForm();
  await form.load(lab);
  form.toggle('homework', true);
  form.chosenNets[1]!.texts.learningRate = '1e-3';
  form.together = false;
  const request = form.toRequest();
  expect(request.together).toBe(false);
  expect(request.runs.map((run) => [run.network.name, run.settings.epochs])).toEqual([
    ['course', 10],
    ['homework', 2],
  ]);
  expect(request.runs[1]!.settings.optimizer).toMatchObject({
    type: 'sgd',
    learningRate: 0.001,
    momentum: 0.5,
  });
  expect(() => trainingSettingsSchema.parse(request.runs[1]!.settings)).not.toThrow();
});

test('is not ready while a number is wrong or no net is chosen, and goes back to the course’s values', async () => {
  const form = new TrainForm();
  await form.load(lab);
  const net = form.chosenNets[0]!;
  net.texts.momentum = '1';
  expect(net.values.momentum).toBeNull();
  expect([net.valid, net.changed, form.ready]).toEqual([false, true, false]);
  net.reset();
  expect([net.valid, net.changed, form.ready]).toEqual([true, false, true]);
  form.toggle('course', false);
  expect(form.ready).toBe(false);
});

test('a net from elsewhere is chosen alone, with the settings that it comes with', async () => {
  const form = new TrainForm();
  await form.load(lab);
  const network = { ...presets[0]!.network, name: 'mine' };
  const settings = trainingSettingsSchema.parse({
    epochs: 3,
    optimizer: { type: 'adam' },
    labelSmoothing: 0.1,
  });
  form.fill({ network, settings });
  expect(form.toRequest().runs).toEqual([{ network, settings }]);
  form.choose(presets[1]!.network);
  expect([...form.chosen]).toEqual(['homework']);
});

test('allows just what the contract allows', () => {
  const net = new NetForm(given[0]!);
  const accepted = (name: (typeof settingNames)[number], text: string) => {
    net.reset();
    net.texts[name] = text;
    return net.valid;
  };
  const parsed = (name: (typeof settingNames)[number], value: number) => {
    const { settings } = new NetForm(given[0]!).toRequest();
    const inOptimizer = name === 'learningRate' || name === 'momentum';
    const changed = inOptimizer
      ? { ...settings, optimizer: { ...settings.optimizer, [name]: value } }
      : { ...settings, [name]: value };
    return trainingSettingsSchema.safeParse(changed).success;
  };
  for (const name of settingNames) {
    const { minimum, maximum, whole } = settingRules[name];
    const nearby = whole ? [minimum - 1, minimum, maximum] : [minimum - 0.1, minimum, minimum + 0.1, maximum];
    const beyond = name === 'seed' ? [] : [maximum + 1];
    for (const value of [...nearby, ...beyond]) {
      expect([name, value, accepted(name, String(value))]).toEqual([name, value, parsed(name, value)]);
    }
  }
});
