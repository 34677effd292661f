/** Runs looked into through the lab: trained on real MNIST by the real engine, in its threads. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openDataset } from '../src/main/datasets/index.ts';
import type { Lab } from '../src/main/lab/lab.ts';
import { InspectionThread, inThread } from '../src/main/lab/threads/inspectionThread.ts';
import { type CallInput, type CallName, type CallReply, calls } from '../src/shared/api/api.ts';
import { strengthsOf } from '../src/shared/inspect/distortions.ts';
import { findPreset } from '../src/shared/network/presets.ts';
import { nextEvent, openLab, reached, removeFolder, temporaryFolder } from './support/lab.ts';
import { shortened } from '../src/shared/datasets/shortened.ts';

const worker = new URL('../src/main/engine/worker.ts', import.meta.url);
const home = temporaryFolder();
let lab: Lab;

beforeAll(async () => {
  const mnist = shortened(await openDataset('mnist'), 1280, 300);
  lab = await openLab(home, { openDataset: async () => mnist }, worker);
});
afterAll(async () => {
  await lab.close();
  removeFolder(home);
});

async function start(epochs: number): Promise<number> {
  const { network, settings } = findPreset('course')!;
  const [run] = await lab.call('runs.start', { runs: [{ network, settings: { ...settings, epochs } }] });
  return run!.id;
}

/** The reply, which must be as the contract says. */
async function ask<C extends CallName>(name: C, request: CallInput<C>): Promise<CallReply<C>> {
  return calls[name].reply.parse(await lab.call(name, request)) as CallReply<C>;
}

test('states of epochs are kept while a run trains, and looked into; epoch 0 is what the seed gives', async () => {
  const { network, settings } = findPreset('course')!;
  const [started] = await lab.call('runs.start', {
    runs: [{ network, settings: { ...settings, epochs: 2, seed: 5 } }],
  });
  const run = started!.id;
  await reached(lab, run, 'finished');
  const { epochs, bytes, megabytes } = await ask('inspect.epochs', { run });
  expect(epochs).toEqual([0, 1, 2]);
  expect(bytes / 2).toBeLessThan(60_000);
  expect(megabytes).toBe(64);

  const images = { part: 'test' as const, indices: [0, 1, 2, 3] };
  const last = await ask('inspect.classify', { run, images });
  const second = await ask('inspect.classify', { run, images, epoch: 2 });
  expect(second.of).toEqual({ ...last.of, checkpoint: 'epoch' });
  expect(second.logits).toEqual(last.logits);
  const first = await ask('inspect.classify', { run, images, epoch: 1 });
  expect(first.of).toEqual({ checkpoint: 'epoch', step: 20, epoch: 2, batch: 0 });
  expect(first.logits).not.toEqual(last.logits);

  const before = await ask('inspect.filters', { run, epoch: 0 });
  expect(before.of).toEqual({ checkpoint: 'epoch', step: 0, epoch: 1, batch: 0 });
  const after = await ask('inspect.filters', { run, epoch: 2 });
  expect(before.parameters.map(({ name }) => name)).toEqual(after.parameters.map(({ name }) => name));
  // torch.manual_seed(5); nn.Conv2d(1, 10, 5).weight is within 1/5 of 0, and trained weights need not be.
  const weights = before.parameters[0]?.values.data ?? new Float32Array();
  expect(Math.max(...weights.map(Math.abs))).toBeLessThanOrEqual(0.2);
  await expect(ask('inspect.classify', { run, images, epoch: 9 })).rejects.toMatchObject({
    code: 'inspect.no-epoch',
  });
  // Back to the checkpoint.
  expect((await ask('inspect.classify', { run, images })).logits).toEqual(last.logits);
});

test('a finished run, in every way', async () => {
  const run = await start(2);
  const { last } = await reached(lab, run, 'finished');
  const images = { part: 'test' as const, indices: [0, 7] };

  const activations = await ask('inspect.activations', { run, images });
  expect(activations.of).toEqual({ checkpoint: 'last', step: 40, epoch: 3, batch: 0 });
  expect(activations.labels).toEqual([7, 9]);
  expect(activations.layers.map(({ output }) => output.shape.slice(1))).toEqual([
    [10, 24, 24],
    [10, 12, 12],
    [10, 12, 12],
    [20, 8, 8],
    [20, 4, 4],
    [20, 4, 4],
    [320],
    [10],
  ]);
  const predictions = await ask('inspect.predictions', { run });
  expect(predictions.correct).toBe(last?.testCorrect);
  // The same images alone and among many differ by rounding at most.
  activations.probabilities.data.slice(0, 10).forEach((share, i) => {
    expect(share).toBeCloseTo(predictions.probabilities.data[i] ?? NaN, 4);
  });

  const saliency = await ask('inspect.saliency', { run, images });
  expect(saliency.gradient.shape).toEqual([2, 1, 28, 28]);
  expect(saliency.gradient.data.some((value) => value !== 0)).toBe(true);
  const occlusion = await ask('inspect.occlusion', {
    run,
    images: { pixels: activations.images.data.slice(0, 784) },
    patch: 8,
    stride: 4,
  });
  expect(occlusion).toMatchObject({ labels: null, class: saliency.classes[0] });
  expect(occlusion.probabilities.shape).toEqual([6, 6]);
  const errors = await ask('inspect.confidentErrors', { run, limit: 3 });
  expect(errors.total).toBe(300 - predictions.correct);
  expect(errors.images.shape).toEqual([3, 1, 28, 28]);

  const progress: number[] = [];
  const off = lab.on('testSet.progress', ({ ticket, done, total }) => {
    expect([ticket, total]).toEqual(['units', 300]);
    progress.push(done);
  });
  const survey = await ask('testSet.units', { run, ticket: 'units' });
  off();
  expect(progress.at(-1)).toBe(300);
  expect(survey.of).toEqual(activations.of);
  expect(survey.layers.map(({ place, largest }) => [place, largest.length])).toEqual([
    ['0', 10],
    ['1', 10],
    ['2', 10],
    ['3', 20],
    ['4', 20],
    ['5', 20],
    ['6', 320],
    ['7', 10],
  ]);
  // The answer is kept: neither the engine nor the data set is needed for it again, and a damaged file is not believed.
  const folder = join(home, 'runs', String(run), 'answers');
  const [kept] = readdirSync(folder);
  expect(await ask('testSet.units', { run, ticket: 'again', epoch: 2 })).toEqual({
    ...survey,
    of: { ...survey.of, checkpoint: 'epoch' },
  });
  expect(readdirSync(folder)).toEqual([kept]);
  const bytes = readFileSync(join(folder, kept!));
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(join(folder, kept!), bytes);
  expect(await ask('testSet.units', { run, ticket: 'anew' })).toEqual(survey);
  const embedding = await ask('testSet.embedding', { run, ticket: 'embedding' });
  expect(embedding).toMatchObject({ place: '6', features: 320, images: 300, components: 30 });
  const variance = (axis: number) =>
    Array.from({ length: 300 }, (_, image) => embedding.coordinates[image * 30 + axis]! ** 2).reduce(
      (a, b) => a + b,
      0,
    );
  expect(variance(1) / variance(0)).toBeCloseTo(embedding.explained[1]! / embedding.explained[0]!, 3);
  for (const distortion of ['fgsm', 'rotation'] as const) {
    const robustness = await ask('testSet.robustness', { run, ticket: distortion, distortion });
    const none = strengthsOf(distortion, true).indexOf(0);
    expect(robustness.correct[none]).toBe(predictions.correct);
    expect(robustness.correct.at(-1)).toBeLessThan(predictions.correct / 2);
  }
  const offAgain = lab.on('testSet.progress', () => void lab.call('testSet.cancel', { ticket: 'given up' }));
  await expect(ask('testSet.units', { run, ticket: 'given up', epoch: 1 })).rejects.toMatchObject({
    code: 'inspect.cancelled',
  });
  offAgain();

  const filters = await ask('inspect.filters', { run, checkpoint: 'best' });
  expect(filters.of.checkpoint).toBe('best');
  expect(filters.parameters.map(({ name, position, values }) => [name, position, ...values.shape])).toEqual([
    ['0.weight', 0, 10, 1, 5, 5],
    ['0.bias', 0, 10],
    ['3.weight', 3, 20, 10, 5, 5],
    ['3.bias', 3, 20],
    ['7.weight', 7, 10, 320],
    ['7.bias', 7, 10],
  ]);
});

test('a run that is training: its newest checkpoint; and what is not there is said', async () => {
  const run = await start(500);
  const request = { run, images: { part: 'train' as const, indices: [5] } };
  const ofAnother = lab.call('inspect.predictions', { run: 1 });
  await nextEvent(lab, 'run.epoch', (event) => event.run === run);
  const first = await ask('inspect.activations', request);
  await nextEvent(lab, 'run.epoch', (event) => event.run === run && event.epoch > first.of.epoch);
  const [second, third] = await Promise.all([
    ask('inspect.activations', request),
    ask('inspect.saliency', { ...request, class: 3 }),
  ]);
  expect(second.of.step).toBeGreaterThan(first.of.step);
  expect(third.of.step).toBeGreaterThanOrEqual(second.of.step);
  expect(second.logits.data).not.toEqual(first.logits.data);
  expect((await ofAnother).labels).toHaveLength(300);
  expect((await lab.call('runs.get', { run })).status).toBe('running');
  await lab.call('runs.stop', { run });

  const wrong = { ...request, images: { part: 'test' as const, indices: [300] } };
  await expect(ask('inspect.activations', wrong)).rejects.toMatchObject({ code: 'inspect.index' });
  await expect(ask('inspect.filters', { run: 99 })).rejects.toMatchObject({ code: 'run.unknown' });
  await expect(ask('inspect.saliency', { ...request, class: -1 })).rejects.toMatchObject({
    code: 'call.invalid',
  });
  // Whatever went wrong, the next question is answered.
  expect((await ask('inspect.activations', request)).logits.shape).toEqual([1, 10]);
});

test('a run without a checkpoint', async () => {
  const { network, settings } = findPreset('course')!;
  const [first, second] = await lab.call('runs.start', {
    runs: [1, 2].map(() => ({ network, settings: { ...settings, epochs: 500 } })),
    together: false,
  });
  const waiting = second!.id;
  for (const call of ['inspect.filters', 'inspect.predictions'] as const) {
    await expect(ask(call, { run: waiting })).rejects.toMatchObject({ code: 'inspect.no-checkpoint' });
  }
  await lab.call('runs.stop', { run: waiting });
  await lab.call('runs.stop', { run: first!.id });
});

test('a thread that nobody asks is ended, and the next question starts another', async () => {
  const mnist = shortened(await openDataset('mnist'), 1280, 300);
  const impatient = await openLab(home, { openDataset: async () => mnist, idle: 50 }, worker);
  const leave = vi.spyOn(InspectionThread.prototype, 'leave');
  try {
    const request = { run: 1, images: { part: 'test' as const, indices: [0] } };
    const first = await impatient.call('inspect.activations', request);
    await vi.waitUntil(() => leave.mock.calls.length === 1);
    const [thread] = leave.mock.contexts as [InspectionThread];
    await thread.gone;
    expect((await impatient.call('inspect.activations', request)).logits).toEqual(first.logits);
  } finally {
    leave.mockRestore();
    await impatient.close();
  }
});

test('a thread that has left answers no more, and says so', async () => {
  const thread = new InspectionThread(inThread(worker), 2);
  const early = thread.ask({ kind: 'ask', net: 1, question: { kind: 'predictions' } });
  await expect(early).rejects.toThrow('came before net 1 was opened');
  thread.leave();
  await thread.gone;
  expect(thread.ended).toBe(true);
  await expect(thread.ask({ kind: 'load', net: 1, tensors: [] })).rejects.toMatchObject({
    code: 'inspect.ended',
  });
});

test('drawings that are kept with labels are a test set on which a run is evaluated', async () => {
  const run = await start(1);
  await reached(lab, run, 'finished');
  await expect(ask('models.evaluate', { run, dataset: 'drawings' })).rejects.toMatchObject({
    code: 'drawings.none',
  });
  const indices = [0, 1, 2, 3, 4];
  const { images, labels, logits } = await ask('inspect.classify', {
    run,
    images: { part: 'test', indices },
  }).then(async (classified) => ({
    ...classified,
    images: (await ask('inspect.activations', { run, images: { part: 'test', indices } })).images,
  }));
  const said = indices.map((image) => {
    const own = logits.data.subarray(10 * image, 10 * (image + 1));
    return own.indexOf(Math.max(...own));
  });
  // The last drawing has a label that the net does not give it.
  const given = said.map((prediction, image) => (image === 4 ? (prediction + 1) % 10 : labels![image]!));
  for (const image of indices) {
    const pixels = images.data.slice(784 * image, 784 * (image + 1));
    await ask('drawings.save', { dataset: 'mnist', label: given[image]!, pixels });
  }
  const { testCorrect, testTotal, testLoss, dataset } = await ask('models.evaluate', {
    run,
    dataset: 'drawings',
  });
  expect([testCorrect, testTotal, dataset]).toEqual([
    said.filter((prediction, image) => prediction === given[image]).length,
    5,
    'drawings',
  ]);
  expect(testLoss).toBeGreaterThan(0);
  const events = await ask('runs.events', { run });
  expect(events.find(({ kind }) => kind === 'evaluated')?.detail).toMatchObject({ dataset: 'drawings' });
});
