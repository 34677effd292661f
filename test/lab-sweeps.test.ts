/** Sweeps in a lab with history, checkpoint files and worker threads; only the training itself is a stand-in. */
import { describe, expect, test, vi } from 'vitest';
import { calls, events } from '../src/shared/api/api.ts';
import { RunActivity } from '../src/main/host/runActivity.ts';
import { filesOf } from './support/filesOf.ts';
import { fakeRun, reached, reachedStep, storyOf } from './support/lab.ts';

import { labsOfThisFile } from './support/labsOfFile.ts';
import { letGo, statuses, sweepOf, sweepReached } from './support/sweeps.ts';

const here = labsOfThisFile();
const { open } = here;

describe('a sweep', () => {
  test('runs all its combinations with all seeds, and tells mean and spread', async () => {
    const lab = await open();
    const told: unknown[] = [];
    lab.on('sweep.changed', (payload) => told.push(payload));
    const idle = vi.fn();
    new RunActivity(lab).onIdle(idle);
    const started = await lab.call('sweeps.start', {
      sweep: sweepOf(['plain'], {
        axes: [
          { path: 'optimizer.learningRate', range: { from: 0.001, to: 0.1, steps: 2, scale: 'log' } },
          { path: 'epochs', values: [1, 2] },
        ],
        seeds: [0, 1, 2],
      }),
    });
    expect(calls['sweeps.start'].reply.parse(started)).toEqual(started);
    expect(started).toMatchObject({
      id: 1,
      name: 'plain: lr × epochs',
      status: 'running',
      workers: 2,
      shards: 1,
      combinations: 4,
      seeds: 3,
      runs: { total: 12, finished: 0, failed: 0 },
    });
    const sweep = await sweepReached(lab, 1, 'finished');
    expect(calls['sweeps.get'].reply.parse(sweep)).toEqual(sweep);
    expect(sweep.runs).toEqual({ total: 12, waiting: 0, open: 0, finished: 12, failed: 0 });
    expect(sweep.results.map(({ label, count }) => [label, count])).toEqual([
      ['lr=0.001 epochs=1', 3],
      ['lr=0.001 epochs=2', 3],
      ['lr=0.1 epochs=1', 3],
      ['lr=0.1 epochs=2', 3],
    ]);
    const [first] = sweep.results;
    const runs = await Promise.all(
      (first?.runs ?? []).map(({ run }) => lab.call('runs.get', { run: run ?? 0 })),
    );
    expect(runs.map(({ name, settings, sweep }) => [name, settings.seed, sweep])).toEqual([
      ['lr=0.001 epochs=1 · seed 0', 0, { id: 1, position: 0 }],
      ['lr=0.001 epochs=1 · seed 1', 1, { id: 1, position: 1 }],
      ['lr=0.001 epochs=1 · seed 2', 2, { id: 1, position: 2 }],
    ]);
    const accuracies = runs.map(({ last }) => (last?.testCorrect ?? 0) / 100);
    const mean = accuracies.reduce((a, b) => a + b) / 3;
    expect(first?.lastAccuracy?.mean).toBeCloseTo(mean, 12);
    expect(first?.lastAccuracy?.deviation).toBeCloseTo(
      Math.sqrt(accuracies.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 2),
      12,
    );
    expect(first?.seconds).toEqual({ mean: 321 * 0.25, deviation: 0 });
    expect(first?.testLoss?.mean).toBeCloseTo(
      runs.reduce((sum, { last }) => sum + (last?.testLoss ?? 0), 0) / 3,
      12,
    );
    for (const payload of told) expect(events['sweep.changed'].parse(payload)).toEqual(payload);
    expect(told.at(-1)).toMatchObject({ status: 'finished', endedAt: expect.any(String) });
    expect(idle).toHaveBeenCalledOnce();
    const { sweeps, total } = await lab.call('sweeps.list', {});
    expect([total, sweeps[0]?.status, sweeps[0]?.runs.finished]).toEqual([1, 'finished', 12]);
    await expect(lab.call('sweeps.resume', { sweep: 1 })).rejects.toMatchObject({ code: 'sweep.finished' });
    expect(await lab.call('sweeps.cancel', { sweep: 1 })).toMatchObject({ status: 'finished' });
  });

  test('a run in a thread that has trained another comes to the same as in one of its own', async () => {
    const lab = await open();
    await lab.call('sweeps.start', {
      sweep: sweepOf(['plain'], { axes: [], seeds: [5, 6, 7, 8] }),
      workers: 1,
    });
    await sweepReached(lab, 1, 'finished');
    const [alone] = await lab.call('runs.start', { runs: [fakeRun('plain', { seed: 8, epochs: 1 })] });
    await reached(lab, alone?.id ?? 0, 'finished');
    expect(await storyOf(lab, 4)).toEqual(await storyOf(lab, 5));
  });

  test('as many workers as are asked for, no more than cores or runs; the cores are shared out', async () => {
    const lab = await open({ cores: 6 });
    const start = async (workers: number | undefined, seeds: number[]) => {
      const { id, ...summary } = await lab.call('sweeps.start', {
        sweep: sweepOf(['plain'], { axes: [], seeds }),
        ...(workers && { workers }),
      });
      await sweepReached(lab, id, 'finished');
      return [summary.workers, summary.shards];
    };
    const eight = [0, 1, 2, 3, 4, 5, 6, 7];
    expect(await start(undefined, eight)).toEqual([6, 1]);
    expect(await start(2, eight)).toEqual([2, 3]);
    expect(await start(99, [1])).toEqual([1, 6]);
    expect((await lab.call('runs.get', { run: 9 })).shards).toBe(3);
  });

  test('one that fails does not stop the others, in whatever way it fails', async () => {
    const lab = await open();
    const behaviours = ['diverge-at-5', 'plain', 'crash-at-5', 'plain2', 'exit-at-5', 'fail-at-5', 'plain3'];
    await lab.call('sweeps.start', { sweep: sweepOf(behaviours) });
    const sweep = await sweepReached(lab, 1, 'finished');
    expect(statuses(sweep)).toEqual([
      'failed',
      'finished',
      'failed',
      'finished',
      'failed',
      'failed',
      'finished',
    ]);
    expect(sweep.results[0]).toMatchObject({
      count: 0,
      lastAccuracy: null,
      runs: [{ problem: { code: 'training.diverged' } }],
    });
    expect(sweep.runs).toMatchObject({ finished: 3, failed: 4 });
    // What diverged would do so again; the others may be tried again.
    await lab.call('sweeps.resume', { sweep: 1 });
    const again = await sweepReached(lab, 1, 'finished');
    expect(again.results[0]?.runs[0]?.run).toBe(sweep.results[0]?.runs[0]?.run);
    expect((await lab.call('runs.list', {})).total).toBe(7);
  });
});

describe('pause, resume and cancel', () => {
  test('a pause keeps all that is under way, and begins nothing', async () => {
    const lab = await open();
    // Listened for before they start: neither says anything more once it holds.
    const both = Promise.all([reachedStep(lab, 1, 100), reachedStep(lab, 2, 100)]);
    await lab.call('sweeps.start', { sweep: sweepOf(['hold-at-100'], { axes: [], seeds: [0, 1, 2, 3] }) });
    await both;
    expect(await lab.call('sweeps.pause', { sweep: 1 })).toMatchObject({
      status: 'paused',
      runs: { waiting: 2, open: 2 },
    });
    const paused = await lab.call('sweeps.get', { sweep: 1 });
    expect(statuses(paused)).toEqual(['paused', 'paused', 'waiting', 'waiting']);
    expect((await filesOf(here.home).read(1))?.checkpoint.progress.step).toBe(100);
    expect(await lab.call('sweeps.pause', { sweep: 1 })).toMatchObject({ status: 'paused' });
    // Who pauses a sweep to have the machine for other work has it.
    await lab.call('runs.start', { runs: [fakeRun(), fakeRun()] });
    await Promise.all([reached(lab, 3, 'finished'), reached(lab, 4, 'finished')]);
    expect(await lab.call('sweeps.resume', { sweep: 1 })).toMatchObject({ status: 'running' });
    for (const run of [5, 6]) await letGo(lab, run, 100);
    expect(statuses(await sweepReached(lab, 1, 'finished'))).toEqual(Array(4).fill('finished'));
    await expect(lab.call('sweeps.pause', { sweep: 1 })).rejects.toMatchObject({ code: 'sweep.not-running' });
  });

  test('in one breath: who asks is served in that order', async () => {
    const lab = await open();
    await lab.call('sweeps.start', { sweep: sweepOf(['step-1'], { axes: [], seeds: [0, 1, 2] }) });
    const answers = await Promise.all([
      lab.call('sweeps.pause', { sweep: 1 }),
      lab.call('sweeps.resume', { sweep: 1 }),
      lab.call('sweeps.resume', { sweep: 1 }),
      lab.call('sweeps.pause', { sweep: 1 }),
    ]);
    expect(answers.at(-1)?.status).toBe('paused');
    await lab.call('sweeps.resume', { sweep: 1 });
    expect((await sweepReached(lab, 1, 'finished')).runs.finished).toBe(3);
  });

  test('a cancelled one keeps what it has, and can go on all the same', async () => {
    const lab = await open();
    await lab.call('sweeps.start', { sweep: sweepOf(['hold-at-100'], { axes: [], seeds: [0, 1, 2] }) });
    await Promise.all([reachedStep(lab, 1, 100), reachedStep(lab, 2, 100)]);
    expect(await lab.call('sweeps.cancel', { sweep: 1 })).toMatchObject({
      status: 'cancelled',
      endedAt: expect.any(String),
      runs: { waiting: 1, open: 2 },
    });
    expect(statuses(await lab.call('sweeps.get', { sweep: 1 }))).toEqual(['stopped', 'stopped', 'waiting']);
    expect((await lab.call('runs.list', {})).total).toBe(2);
    await lab.call('sweeps.resume', { sweep: 1 });
    expect(await lab.call('runs.get', { run: 1 })).toMatchObject({ step: 100, status: 'running' });
    for (const run of [1, 2, 3]) await letGo(lab, run, 100);
    expect((await sweepReached(lab, 1, 'finished')).runs.finished).toBe(3);
  });

  test('a run of it can be stopped alone; the sweep goes on, and later picks it up', async () => {
    const lab = await open({ cores: 1 });
    await lab.call('sweeps.start', { sweep: sweepOf(['hold-at-100', 'plain']) });
    await reachedStep(lab, 1, 100);
    await lab.call('runs.stop', { run: 1 });
    expect(statuses(await sweepReached(lab, 1, 'finished'))).toEqual(['stopped', 'finished']);
    await lab.call('sweeps.resume', { sweep: 1 });
    await letGo(lab, 1, 100);
    expect(statuses(await sweepReached(lab, 1, 'finished'))).toEqual(['finished', 'finished']);
  });

  test.each(['deleted', 'gone for good'])('a run of it that is %s is begun anew', async (how) => {
    const lab = await open({ cores: 1 });
    const held = reachedStep(lab, 1, 100);
    await lab.call('sweeps.start', { sweep: sweepOf(['hold-at-100'], { axes: [], seeds: [1, 2] }) });
    await held;
    await lab.call('sweeps.cancel', { sweep: 1 });
    await lab.call('runs.delete', { runs: [1] });
    expect((await lab.call('sweeps.get', { sweep: 1 })).runs).toMatchObject({
      total: 2,
      waiting: 2,
      open: 0,
    });
    if (how === 'gone for good') await lab.call('runs.purge', {});
    await lab.call('sweeps.resume', { sweep: 1 });
    for (const run of [2, 3]) await letGo(lab, run, 100);
    const { results } = await sweepReached(lab, 1, 'finished');
    expect(results.flatMap(({ runs }) => runs.map(({ run, status }) => [run, status]))).toEqual([
      [2, 'finished'],
      [3, 'finished'],
    ]);
    if (how === 'gone for good') return;
    // Had back, it is a run by itself: its place is another one's.
    await lab.call('runs.undelete', { runs: [1] });
    const first = await lab.call('runs.get', { run: 1 });
    expect([first.status, first.sweep]).toEqual(['stopped', undefined]);
  });
});

test('single runs that are started meanwhile get their turn', async () => {
  const lab = await open();
  const order: string[] = [];
  lab.on('run.changed', ({ id, status }) => {
    if (status === 'running' && !order.includes(`${id}`)) order.push(`${id}`);
  });
  await lab.call('sweeps.start', { sweep: sweepOf(['hold-at-50', 'hold-at-50 b', 'c', 'd', 'e', 'f']) });
  await Promise.all([reachedStep(lab, 1, 50), reachedStep(lab, 2, 50)]);
  const [single] = await lab.call('runs.start', { runs: [fakeRun('single', { epochs: 1 })] });
  expect(single).toMatchObject({ id: 3, status: 'queued' });
  await lab.call('runs.stop', { run: 1 });
  await reached(lab, 3, 'finished');
  expect(order.slice(0, 3)).toEqual(['1', '2', '3']);
  await lab.call('runs.stop', { run: 2 });
  expect((await sweepReached(lab, 1, 'finished')).runs).toMatchObject({ finished: 4, open: 2 });
});

describe('what is asked for wrongly', () => {
  test('nothing starts where one combination is wrong', async () => {
    const lab = await open();
    const wrong = [
      [{ axes: [{ path: 'batchSize', values: [10, 0] }] }, 'sweep.combination', '"batch=0"'],
      [
        { axes: [{ path: 'network.layers.1.units', values: [2, 3] }] },
        'sweep.combination',
        '"layers.1.units=3"',
      ],
      [{ axes: [{ path: 'dataset', values: ['fake', 'cifar'] }] }, 'dataset.unknown', 'cifar'],
      [{ axes: [{ path: 'network.input.height', values: [4, 5] }] }, 'sweep.combination', 'images of 5×4×1'],
      [{ axes: [{ path: 'width', values: [4] }] }, 'sweep.field', 'width'],
    ] as const;
    for (const [change, code, message] of wrong) {
      const start = lab.call('sweeps.start', { sweep: sweepOf(['plain'], change as never) });
      await expect(start).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    }
    await expect(
      lab.call('sweeps.start', { sweep: sweepOf(['plain'], { seeds: [1, 1] }) }),
    ).rejects.toMatchObject({ code: 'call.invalid' });
    expect((await lab.call('sweeps.list', {})).total).toBe(0);
    expect((await lab.call('runs.list', {})).total).toBe(0);
  });

  test('a machine that cannot train, a sweep that is not there', async () => {
    const problem = { code: 'training.no-library', message: 'libtensorflow is missing', parameters: {} };
    const lab = await open({ findTrainingProblem: () => problem });
    await expect(lab.call('sweeps.start', { sweep: sweepOf(['plain']) })).rejects.toMatchObject({
      code: problem.code,
    });
    for (const call of ['sweeps.get', 'sweeps.pause', 'sweeps.resume', 'sweeps.cancel'] as const) {
      await expect(lab.call(call, { sweep: 5 })).rejects.toMatchObject({ code: 'sweep.unknown' });
    }
  });
});
