/** The lab with history, checkpoint files and worker threads; only the training itself is a stand-in. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { calls, events } from '../src/shared/api/api.ts';
import { openDataset } from '../src/main/datasets/index.ts';
import { filesOf } from './support/filesOf.ts';
import type { EventMessage } from '../src/shared/api/api.ts';
import type { Lab } from '../src/main/lab/lab.ts';
import { fakeRun, reached, reachedStep, storyOf, undisturbed } from './support/lab.ts';

import { labsOfThisFile } from './support/labsOfFile.ts';

const here = labsOfThisFile();
const { open } = here;
const checkpointOf = (run: number) => join(here.home, 'runs', String(run), 'last.safetensors');

describe('a run', () => {
  test('is trained, told and kept', async () => {
    const lab = await open();
    const told: EventMessage[] = [];
    lab.subscribe((event) => told.push(event));
    const [run] = await lab.call('runs.start', { runs: [fakeRun('plain', { name: ' 我的 run ' })] });
    expect(calls['runs.start'].reply.parse([run])).toEqual([run]);
    expect(run).toMatchObject({
      id: 1,
      name: '我的 run',
      parameterCount: 34,
      stepsPerEpoch: 321,
      status: 'running',
    });
    await reached(lab, 1, 'finished');

    const detail = await lab.call('runs.get', { run: 1 });
    expect(calls['runs.get'].reply.parse(detail)).toEqual(detail);
    expect(detail).toMatchObject({
      status: 'finished',
      step: 963,
      epochsDone: 3,
      shards: 2,
      trainSeconds: 963 * 0.25,
    });
    expect(detail.versions.tensorflow).toBe('fake');
    expect(detail.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(detail.best?.testCorrect).toBe(Math.max(...detail.epochs.map(({ testCorrect }) => testCorrect)));
    expect(detail.runningLosses.map(({ epoch, batch }) => [epoch, batch])).toEqual([
      [1, 300],
      [2, 300],
      [3, 300],
    ]);

    for (const { name, payload } of told) {
      const schema = events[name as keyof typeof events];
      expect(schema.parse(payload)).toEqual(payload);
    }
    const names = told.map(({ name }) => name);
    expect(names.filter((name) => name === 'run.epoch')).toHaveLength(3);
    expect(names.filter((name) => name === 'run.runningLoss')).toHaveLength(3);
    const losses = told.flatMap(({ name, payload }) =>
      name === 'run.batchLosses' ? [...(payload as { losses: Float32Array }).losses] : [],
    );
    const kept = await lab.call('runs.batchLosses', { run: 1 });
    expect([...kept.losses]).toEqual(losses);
    expect(losses).toHaveLength(963);
    const tail = await lab.call('runs.batchLosses', { run: 1, from: 960 });
    expect([tail.from, ...tail.losses]).toEqual([960, ...losses.slice(960)]);
    expect(told.at(-1)).toMatchObject({ name: 'run.changed', payload: { status: 'finished' } });
    expect((await lab.call('app.info', {})).versions.tensorflow).toBe('fake');
  });

  test('what was told is kept when it is asked for', async () => {
    const lab = await open();
    await lab.call('runs.start', { runs: [fakeRun('hold-at-100')] });
    await reachedStep(lab, 1, 100);
    expect((await lab.call('runs.batchLosses', { run: 1 })).losses).toHaveLength(100);
    expect(await lab.call('runs.get', { run: 1 })).toMatchObject({ status: 'running', step: 100 });
  });
});

describe('kernels', () => {
  const startOf = async (lab: Lab, batchSize: number) => {
    const { settings, ...rest } = fakeRun('measured');
    const [run] = await lab.call('runs.start', {
      runs: [{ ...rest, settings: { ...settings, batchSize, epochs: 1 } }],
      // A run that is ending may still have a core.
      threads: 1,
    });
    if (!run) throw new Error('no run was made');
    await reached(lab, run.id, 'finished');
    const log = await lab.call('runs.events', { run: run.id });
    return log.find(({ kind }) => kind === 'started')?.detail;
  };

  test('a net is measured once, and its next run has the kernels that were faster', async () => {
    vi.stubEnv('STRIDE_KERNELS', undefined);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const lab = await open();
    expect(await startOf(lab, 187)).toMatchObject({ kernelTimes: { stride: 0.003, tensorflow: 0.001 } });
    const next = await startOf(lab, 187);
    expect(next).toMatchObject({ kernels: 'tensorflow' });
    expect(next).not.toHaveProperty('kernelTimes');
    expect(await startOf(lab, 100)).toHaveProperty('kernelTimes');
  });
});

describe('pause, resume and stop', () => {
  test('in one lab: nothing is lost, nothing is there twice', async () => {
    const lab = await open();
    await lab.call('runs.start', { runs: [fakeRun('hold-at-400')] });
    await reachedStep(lab, 1, 400);
    expect(await lab.call('runs.pause', { run: 1 })).toMatchObject({ status: 'paused', step: 400 });
    const saved = await filesOf(here.home).read(1);
    expect(saved?.checkpoint.progress).toMatchObject({ step: 400, epoch: 2, batch: 79 });
    expect(await lab.call('runs.pause', { run: 1 })).toMatchObject({ status: 'paused' });
    expect(await lab.call('runs.resume', { run: 1 })).toMatchObject({ status: 'running', endedAt: null });
    await reached(lab, 1, 'finished');
    expect(await storyOf(lab, 1)).toEqual(await undisturbed());
  });

  test('stopped, and resumed by another lab', async () => {
    const lab = await open();
    await lab.call('runs.start', { runs: [fakeRun('hold-at-500')] });
    await reachedStep(lab, 1, 500);
    expect(await lab.call('runs.stop', { run: 1 })).toMatchObject({ status: 'stopped', step: 500 });
    expect(await lab.call('runs.stop', { run: 1 })).toMatchObject({ status: 'stopped' });
    await expect(lab.call('runs.pause', { run: 1 })).rejects.toMatchObject({ code: 'run.not-running' });
    await lab.close();

    const next = await open();
    // It holds at the same step again; a pause lets it go.
    await next.call('runs.resume', { run: 1 });
    await next.call('runs.pause', { run: 1 });
    await next.call('runs.resume', { run: 1 });
    await reached(next, 1, 'finished');
    expect(await storyOf(next, 1)).toEqual(await undisturbed());
    await expect(next.call('runs.resume', { run: 1 })).rejects.toMatchObject({ code: 'run.finished' });
  });

  test('all at once: each caller is answered, and the last word holds', async () => {
    const lab = await open();
    await lab.call('runs.start', { runs: [fakeRun('step-1')] });
    const answers = await Promise.all([
      lab.call('runs.pause', { run: 1 }),
      lab.call('runs.pause', { run: 1 }),
      lab.call('runs.resume', { run: 1 }),
      lab.call('runs.pause', { run: 1 }),
    ]);
    expect(answers.at(-1)?.status).toBe('paused');
    expect(await lab.call('runs.stop', { run: 1 })).toMatchObject({ status: 'stopped' });
  });

  test('a run that has no checkpoint yet starts again from its seed', async () => {
    const lab = await open();
    await lab.call('runs.start', { runs: [fakeRun('crash-at-50')] });
    await reached(lab, 1, 'failed');
    expect(existsSync(checkpointOf(1))).toBe(false);
    expect(await lab.call('runs.resume', { run: 1 })).toMatchObject({ step: 0, problem: null });
    await reached(lab, 1, 'failed');
    expect((await lab.call('runs.batchLosses', { run: 1 })).losses).toHaveLength(49);
  });

  test('a worker that does not listen is ended', async () => {
    const lab = await open({ patience: 300 });
    await lab.call('runs.start', { runs: [fakeRun('deaf step-1', { epochs: 1000 })] });
    await reachedStep(lab, 1, 10);
    expect(await lab.call('runs.stop', { run: 1 })).toMatchObject({ status: 'stopped' });
  });
});

describe('several runs', () => {
  test('together: the cores are shared out, and no more run at once than there are', async () => {
    const lab = await open();
    const runs = await lab.call('runs.start', {
      runs: [fakeRun('hold-at-5'), fakeRun('hold-at-5'), fakeRun()],
    });
    expect(runs.map(({ status }) => status)).toEqual(['running', 'running', 'queued']);
    const details = await Promise.all([1, 2, 3].map((run) => lab.call('runs.get', { run })));
    expect(details.map(({ shards }) => shards)).toEqual([1, 1, 1]);
    await expect(lab.call('runs.pause', { run: 3 })).rejects.toMatchObject({ code: 'run.not-running' });
    await lab.call('runs.stop', { run: 1 });
    await reached(lab, 3, 'finished');
    await lab.call('runs.stop', { run: 2 });
  });

  test('a paused run makes room', async () => {
    const lab = await open({ cores: 1 });
    await lab.call('runs.start', { runs: [fakeRun('hold-at-5'), fakeRun()] });
    await lab.call('runs.pause', { run: 1 });
    await reached(lab, 2, 'finished');
    expect(await lab.call('runs.stop', { run: 1 })).toMatchObject({ status: 'stopped' });
  });

  test('one after another: each has all cores, and the next one starts when one has ended', async () => {
    const lab = await open();
    const order: string[] = [];
    lab.on('run.changed', ({ id, status }) => {
      const word = `${id} ${status}`;
      if (order.at(-1) !== word) order.push(word);
    });
    await lab.call('runs.start', {
      runs: [fakeRun('fail-at-5'), fakeRun('hold-at-5'), fakeRun()],
      together: false,
    });
    await reached(lab, 2, 'running');
    await lab.call('runs.pause', { run: 2 });
    expect((await lab.call('runs.get', { run: 3 })).status).toBe('queued');
    await lab.call('runs.stop', { run: 2 });
    await reached(lab, 3, 'finished');
    expect(order.filter((word) => !word.endsWith('queued'))).toEqual([
      '1 running',
      '1 failed',
      '2 running',
      '2 paused',
      '2 stopped',
      '3 running',
      '3 finished',
    ]);
    const details = await Promise.all([1, 2, 3].map((run) => lab.call('runs.get', { run })));
    expect(details.map(({ shards }) => shards)).toEqual([2, 2, 2]);
  });

  test('a queued run can be stopped, and resumed', async () => {
    const lab = await open({ cores: 1 });
    await lab.call('runs.start', { runs: [fakeRun('hold-at-5'), fakeRun()] });
    expect(await lab.call('runs.stop', { run: 2 })).toMatchObject({ status: 'stopped', startedAt: null });
    expect(await lab.call('runs.resume', { run: 2 })).toMatchObject({ status: 'queued' });
    expect(await lab.call('runs.resume', { run: 2 })).toMatchObject({ status: 'queued' });
    await lab.call('runs.stop', { run: 1 });
    await reached(lab, 2, 'finished');
    expect(await storyOf(lab, 2)).toEqual(await undisturbed());
  });

  test.each([
    ['crash-at-10', 'worker.crashed', 'the worker was told to crash'],
    ['exit-at-10', 'worker.ended', 'ended without saying why'],
    ['fail-at-10', 'test.failed', 'told to fail'],
  ])('one fails (%s), the others go on', async (behaviour, code, message) => {
    const lab = await open();
    await lab.call('runs.start', { runs: [fakeRun(behaviour), fakeRun()] });
    const failed = await reached(lab, 1, 'failed');
    expect(failed.problem?.code).toBe(code);
    expect(failed.problem?.message).toContain(message);
    expect(failed.endedAt).not.toBeNull();
    await reached(lab, 2, 'finished');
  });

  test('a worker that cannot be loaded', async () => {
    const lab = await open({}, new URL('no-such-worker.ts', import.meta.url));
    await lab.call('runs.start', { runs: [fakeRun()] });
    expect((await reached(lab, 1, 'failed')).problem?.code).toBe('worker.crashed');
  });
});

describe('closing', () => {
  test('keeps all that is under way, to be resumed', async () => {
    const lab = await open({ cores: 2 });
    await lab.call('runs.start', { runs: [fakeRun('hold-at-400'), fakeRun('hold-at-100'), fakeRun()] });
    await Promise.all([reachedStep(lab, 1, 400), reachedStep(lab, 2, 100)]);
    await lab.close();
    await expect(lab.call('app.info', {})).rejects.toMatchObject({ code: 'lab.closed' });
    expect(await lab.dispatch({ kind: 'call', id: 7, name: 'app.info', request: {} })).toMatchObject({
      kind: 'problem',
      id: 7,
      problem: { code: 'lab.closed' },
    });

    const next = await open();
    const { runs } = await next.call('runs.list', {});
    expect(runs.map(({ id, status, step }) => [id, status, step])).toEqual([
      [3, 'interrupted', 0],
      [2, 'interrupted', 100],
      [1, 'interrupted', 400],
    ]);
    for (const run of [1, 2, 3]) await next.call('runs.resume', { run });
    for (const run of [1, 2]) {
      await reached(next, run, 'running');
      await next.call('runs.pause', { run });
      await next.call('runs.resume', { run });
    }
    for (const run of [1, 2, 3]) await reached(next, run, 'finished');
    for (const run of [1, 2, 3]) expect(await storyOf(next, run)).toEqual(await undisturbed());
  });

  test('does not wait for ever', async () => {
    const lab = await open({ patience: 200 });
    await lab.call('runs.start', { runs: [fakeRun('deaf step-1', { epochs: 1000 })] });
    await reachedStep(lab, 1, 10);
    await lab.close();
    const next = await open();
    expect((await next.call('runs.get', { run: 1 })).status).toBe('interrupted');
  });

  test('a paused run is interrupted, and goes on from where it was paused', async () => {
    const lab = await open();
    await lab.call('runs.start', { runs: [fakeRun('hold-at-333')] });
    await lab.call('runs.pause', { run: 1 });
    await lab.close();
    const next = await open();
    expect((await next.call('runs.get', { run: 1 })).status).toBe('interrupted');
  });
});

test('presets and data sets', async () => {
  const lab = await open({ openDataset });
  const presets = await lab.call('presets.list', {});
  expect(calls['presets.list'].reply.parse(presets)).toEqual(presets);
  expect(presets.map(({ network, parameterCount }) => [network.name, parameterCount])).toEqual([
    ['course', 8490],
    ['homework', 16750],
    ['LeNet-5', 61706],
    ['ResNet-8', 77658],
  ]);
  const info = await lab.call('app.info', {});
  expect(calls['app.info'].reply.parse(info)).toEqual(info);
  expect(info).toMatchObject({ home: here.home, host: 'terminal', trainingProblem: null });
  const datasets = await lab.call('datasets.list', {});
  expect(datasets.map(({ id }) => id)).toEqual(['mnist']);
});
