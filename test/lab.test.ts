/** The lab with history, checkpoint files and worker threads; only the training itself is a stand-in. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { calls, events } from '../src/shared/api/api.ts';
import { Problem } from '../src/shared/base/problem.ts';
import { openDataset } from '../src/main/datasets/index.ts';
import type { CheckpointFiles } from '../src/main/checkpoints/files.ts';
import { RunActivity } from '../src/main/host/runActivity.ts';
import { filesOf } from './support/filesOf.ts';
import type { EventMessage } from '../src/shared/api/api.ts';
import type { Lab, LabParts } from '../src/main/lab/lab.ts';
import {
  fakeDataset,
  fakeRun,
  nextEvent,
  openLab,
  reached,
  reachedStep,
  removeFolder,
  storyOf,
  temporaryFolder,
  undisturbed,
} from './support/lab.ts';
import { type StartedProcess, startProcess } from './support/processes.ts';

let home: string;
let labs: Lab[];
let processes: StartedProcess[];
beforeEach(() => {
  home = temporaryFolder();
  labs = [];
  processes = [];
});
afterEach(async () => {
  await Promise.all(labs.map((lab) => lab.close()));
  await Promise.all(processes.map((each) => each.kill()));
  removeFolder(home);
});

async function open(parts?: LabParts): Promise<Lab> {
  const lab = await openLab(home, parts);
  labs.push(lab);
  return lab;
}

const checkpointOf = (run: number) => join(home, 'runs', String(run), 'last.safetensors');

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

describe('pause, resume and stop', () => {
  test('in one lab: nothing is lost, nothing is there twice', async () => {
    const lab = await open();
    await lab.call('runs.start', { runs: [fakeRun('hold-at-400')] });
    await reachedStep(lab, 1, 400);
    expect(await lab.call('runs.pause', { run: 1 })).toMatchObject({ status: 'paused', step: 400 });
    const saved = await filesOf(home).read(1);
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
    const lab = await openLab(home, {}, new URL('no-such-worker.ts', import.meta.url));
    labs.push(lab);
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

describe('several processes', () => {
  test("another process's run is left alone while it lives, and can be resumed after", async () => {
    const other = startProcess('labProcess.ts', home, 'hold-at-400');
    processes.push(other);
    while ((JSON.parse(await other.line()) as { step?: number }).step !== 400);
    const lab = await open();
    expect((await lab.call('runs.get', { run: 1 })).status).toBe('running');
    for (const call of ['runs.pause', 'runs.stop', 'runs.resume'] as const) {
      await expect(lab.call(call, { run: 1 })).rejects.toMatchObject({ code: 'run.elsewhere' });
    }
    await other.kill();
    const changed = nextEvent(lab, 'run.changed', ({ status }) => status === 'interrupted');
    expect(await lab.call('runs.get', { run: 1 })).toMatchObject({ status: 'interrupted', step: 400 });
    await changed;
    expect(await lab.call('runs.resume', { run: 1 })).toMatchObject({ step: 321 });
    await reachedStep(lab, 1, 400);
    await lab.call('runs.pause', { run: 1 });
    await lab.call('runs.resume', { run: 1 });
    await reached(lab, 1, 'finished');
    expect(await storyOf(lab, 1)).toEqual(await undisturbed());
  });
});

describe("another process's run, which nobody tells of", () => {
  test('is told of all the same, as it gets on, and when it is another one', async () => {
    const lab = await open();
    const begun = nextEvent(lab, 'run.changed', ({ id, step }) => id === 1 && step === 400);
    const activity = new RunActivity(lab);
    const other = startProcess('labProcess.ts', home, 'hold-at-400');
    processes.push(other);
    expect(await begun).toMatchObject({ status: 'running', step: 400, epochsDone: 1 });
    // This program may end without asking: the run is not its own.
    expect(activity.count).toBe(0);
    // Its own runs are told of once for each change, and not a second time as another's.
    await lab.call('runs.start', { runs: [fakeRun()] });
    await reached(lab, 2, 'finished');
    const again = vi.fn();
    lab.on('run.changed', again);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(again).not.toHaveBeenCalled();
  });
});

describe('what cannot be resumed says why, and stays as it was', () => {
  /** A stopped run with a checkpoint, in a lab of its own that is closed again. */
  async function stopped(): Promise<void> {
    const lab = await open();
    await lab.call('runs.start', { runs: [fakeRun('hold-at-400')] });
    await reachedStep(lab, 1, 400);
    await lab.call('runs.stop', { run: 1 });
    await lab.close();
  }

  async function expectRefused(code: string, parts?: LabParts): Promise<void> {
    const lab = await open(parts);
    const before = await lab.call('runs.get', { run: 1 });
    await expect(lab.call('runs.resume', { run: 1 })).rejects.toMatchObject({ code });
    expect(await lab.call('runs.get', { run: 1 })).toEqual({ ...before, endedAt: expect.any(String) });
    await lab.close();
  }

  test('a checkpoint that is gone, damaged, or of something else', async () => {
    await stopped();
    const bytes = readFileSync(checkpointOf(1));
    rmSync(checkpointOf(1));
    await expectRefused('checkpoint.missing');
    writeFileSync(checkpointOf(1), bytes.subarray(0, bytes.length - 1));
    await expectRefused('checkpoint.previous-is-whole');
    const saved = await filesOf(home)
      .read(1)
      .catch(() => null);
    expect(saved).toBeNull();
    writeFileSync(checkpointOf(1), bytes);
    const whole = await filesOf(home).read(1);
    if (!whole) throw new Error('the checkpoint should be there');
    await filesOf(home).write(2, whole);
    writeFileSync(checkpointOf(1), readFileSync(checkpointOf(2)));
    await expectRefused('checkpoint.other-run');
    const { checkpoint } = whole;
    const ahead = { ...checkpoint, progress: { ...checkpoint.progress, step: 401, batch: 80 } };
    await filesOf(home).write(1, { checkpoint: ahead, epoch: null });
    await expectRefused('checkpoint.ahead');
    writeFileSync(checkpointOf(1), bytes);
    const lab = await open();
    expect(await lab.call('runs.resume', { run: 1 })).toMatchObject({ status: 'running', step: 400 });
  });

  test('another data set, and a machine that cannot train', async () => {
    await stopped();
    const summary = { ...fakeDataset.summary, hash: 'e'.repeat(64) };
    await expectRefused('dataset.changed', { openDataset: async () => ({ ...fakeDataset, summary }) });
    const problem = { code: 'training.no-addon', message: 'no addon', parameters: {} };
    await expectRefused('training.no-addon', { findTrainingProblem: () => problem });
  });
});

describe('a disk that is full', () => {
  test('fails the run at its checkpoint; the one before is what it goes on from', async () => {
    let full = false;
    const files = (real: CheckpointFiles): CheckpointFiles => ({
      ...real,
      write: async (...parameters) => {
        if (full) throw new Problem('checkpoint.disk-full', 'the disk is full');
        return real.write(...parameters);
      },
    });
    const lab = await open({ files });
    lab.on('run.epoch', () => (full = true));
    await lab.call('runs.start', { runs: [fakeRun()] });
    expect((await reached(lab, 1, 'failed')).problem?.code).toBe('checkpoint.disk-full');
    expect(await lab.call('runs.get', { run: 1 })).toMatchObject({ epochsDone: 1 });
    full = false;
    const again = lab.on('run.epoch', () => (full = false));
    await lab.call('runs.resume', { run: 1 });
    await reached(lab, 1, 'finished');
    again();
    expect(await storyOf(lab, 1)).toEqual(await undisturbed());
  });

  test('a pause that cannot be kept is told to who asked for it', async () => {
    const files = (real: CheckpointFiles): CheckpointFiles => ({
      ...real,
      write: async () => {
        throw new Problem('checkpoint.disk-full', 'the disk is full');
      },
    });
    const lab = await open({ files });
    await lab.call('runs.start', { runs: [fakeRun('hold-at-5')] });
    await expect(lab.call('runs.pause', { run: 1 })).rejects.toMatchObject({ code: 'checkpoint.disk-full' });
    expect(await lab.call('runs.get', { run: 1 })).toMatchObject({ status: 'failed' });
  });
});

describe('what is asked for wrongly', () => {
  test('a run that cannot be trained is refused, and with it all that were asked for', async () => {
    const lab = await open();
    const good = fakeRun();
    const wrong = (change: object) => ({ ...good, network: { ...good.network, ...change } });
    const start = (run: typeof good) => lab.call('runs.start', { runs: [good, run] });
    await expect(start({ ...good, dataset: 'cifar' })).rejects.toMatchObject({ code: 'dataset.unknown' });
    await expect(start(wrong({ input: { height: 5, width: 4, channels: 1 } }))).rejects.toMatchObject({
      code: 'network.input-size',
    });
    await expect(
      start(wrong({ layers: [{ type: 'flatten' }, { type: 'linear', units: 3 }] })),
    ).rejects.toMatchObject({ code: 'network.output' });
    const kernel = [{ type: 'conv2d', filters: 0, kernelSize: 3 }];
    await expect(start(wrong({ layers: kernel }))).rejects.toThrow(
      'layer 1 (conv2d): filters must be at least 1',
    );
    expect((await lab.call('runs.list', {})).total).toBe(0);
  });

  test('nothing can be trained on a machine that cannot', async () => {
    const problem = { code: 'training.no-library', message: 'libtensorflow is missing', parameters: {} };
    const lab = await open({ findTrainingProblem: () => problem });
    expect((await lab.call('app.info', {})).trainingProblem).toEqual(problem);
    await expect(lab.call('runs.start', { runs: [fakeRun()] })).rejects.toMatchObject({ code: problem.code });
    expect((await lab.call('runs.list', {})).total).toBe(0);
  });

  test('a run that is not there', async () => {
    const lab = await open();
    for (const call of ['runs.get', 'runs.batchLosses', 'runs.pause', 'runs.stop', 'runs.resume'] as const) {
      await expect(lab.call(call, { run: 5 })).rejects.toMatchObject({ code: 'run.unknown' });
    }
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
  expect(info).toMatchObject({ home, host: 'terminal', trainingProblem: null });
  const datasets = await lab.call('datasets.list', {});
  expect(datasets.map(({ id }) => id)).toEqual(['mnist']);
});
