/**
 * A run that is steered while it trains: another learning rate, a stop after the epoch, and the log of both. Whatever is
 * killed when, a change of the learning rate is made at its step again.
 */
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { historyFile } from '../src/main/history/open.ts';
import type { Lab } from '../src/main/lab/lab.ts';
import { isFinishingEpoch } from '../src/shared/runs/runEvents.ts';
import {
  fakeRun,
  nextEvent,
  openLab,
  reached,
  reachedStep,
  removeFolder,
  storyOf,
  temporaryFolder,
  unhold,
} from './support/lab.ts';

let home: string;
let lab: Lab;
beforeEach(async () => {
  home = temporaryFolder();
  lab = await openLab(home);
});
afterEach(async () => {
  await lab.close();
  removeFolder(home);
});

const kinds = async (run = 1) => (await lab.call('runs.events', { run })).map(({ kind }) => kind);
const rates = async () =>
  (await lab.call('runs.events', { run: 1 })).flatMap((event) =>
    event.kind === 'learningRate' ? [[event.step, event.epoch, event.detail]] : [],
  );

/** What `kill -9` would leave. */
function copyOf(folder: string): string {
  const copy = temporaryFolder();
  for (const part of [historyFile, `${historyFile}-wal`, 'runs']) {
    const from = join(folder, part);
    if (existsSync(from)) cpSync(from, join(copy, part), { recursive: true });
  }
  mkdirSync(join(copy, 'owners'), { recursive: true });
  return copy;
}

describe('another learning rate', () => {
  test('holds from the next step on, and is in the log', async () => {
    await lab.call('runs.start', { runs: [fakeRun('hold-at-400')] });
    await reachedStep(lab, 1, 400);
    const told = nextEvent(lab, 'run.event', ({ event }) => event.kind === 'learningRate');
    await lab.call('runs.setLearningRate', { run: 1, learningRate: 0.25 });
    expect((await told).event).toMatchObject({ step: 400, epoch: 2, detail: { learningRate: 0.25 } });
    await lab.call('runs.pause', { run: 1 });
    // In a pause too; of several at one step the last counts.
    await lab.call('runs.setLearningRate', { run: 1, learningRate: 0.5 });
    await lab.call('runs.resume', { run: 1 });
    await reached(lab, 1, 'finished');
    expect(await rates()).toEqual([
      [400, 2, { learningRate: 0.25, before: 0 }],
      [400, 2, { learningRate: 0.5, before: 0.25 }],
    ]);
    const { batchLosses } = await storyOf(lab, 1);
    expect(batchLosses[400]).toBeCloseTo(((batchLosses[399] ?? 0) * 1.61803398875 + 0.1 + 0.5) % 2, 5);
    expect(batchLosses[399]).toBeCloseTo(((batchLosses[398] ?? 0) * 1.61803398875 + 0.1) % 2, 5);
  });

  test('killed after the change and before a checkpoint: made at the same step again', async () => {
    await lab.call('runs.start', { runs: [fakeRun('hold-at-400')] });
    await reachedStep(lab, 1, 400);
    await lab.call('runs.setLearningRate', { run: 1, learningRate: 0.25 });
    const killed = copyOf(home);
    unhold(killed);
    await lab.call('runs.pause', { run: 1 });
    await lab.call('runs.resume', { run: 1 });
    await reached(lab, 1, 'finished');
    const undisturbed = await storyOf(lab, 1);

    const other = await openLab(killed);
    // The checkpoint that there is, of the first epoch's end, knows nothing of the change.
    expect((await other.call('runs.get', { run: 1 })).status).toBe('interrupted');
    expect((await other.call('runs.resume', { run: 1 })).step).toBe(321);
    await reached(other, 1, 'finished', 'failed');
    expect(await storyOf(other, 1)).toEqual(undisturbed);
    await other.close();
    removeFolder(killed);
  });

  test('a change undoes those of later steps, which a resumed run would have come to', async () => {
    await lab.call('runs.start', { runs: [fakeRun('hold-at-400')] });
    await reachedStep(lab, 1, 400);
    await lab.call('runs.setLearningRate', { run: 1, learningRate: 0.25 });
    const killed = copyOf(home);
    const db = new Database(join(killed, historyFile));
    db.exec("UPDATE runs SET network = replace(network, 'hold-at-400', 'hold-at-350')");
    db.close();
    const other = await openLab(killed);
    await other.call('runs.resume', { run: 1 });
    await reachedStep(other, 1, 350);
    await other.call('runs.setLearningRate', { run: 1, learningRate: 0.75 });
    const events = await other.call('runs.events', { run: 1 });
    expect(events.filter(({ kind }) => kind === 'learningRate').map(({ step }) => step)).toEqual([350]);
    await other.close();
    removeFolder(killed);
  });

  test('is refused for a run that has no worker', async () => {
    await lab.call('runs.start', { runs: [fakeRun()] });
    await reached(lab, 1, 'finished');
    await expect(lab.call('runs.setLearningRate', { run: 1, learningRate: 0.1 })).rejects.toThrow(
      'run 1 is finished',
    );
    await expect(lab.call('runs.setLearningRate', { run: 2, learningRate: 0.1 })).rejects.toThrow('no run 2');
    await expect(lab.call('runs.setLearningRate', { run: 1, learningRate: 0 })).rejects.toThrow(
      'learning rate must be greater than 0',
    );
  });
});

describe('a stop after the epoch', () => {
  test('comes at the epoch’s end, with a checkpoint from which the run goes on', async () => {
    await lab.call('runs.start', { runs: [fakeRun('hold-at-400')] });
    await reachedStep(lab, 1, 400);
    await lab.call('runs.finishEpoch', { run: 1 });
    expect(isFinishingEpoch(await lab.call('runs.events', { run: 1 }))).toBe(true);
    await lab.call('runs.pause', { run: 1 });
    await lab.call('runs.resume', { run: 1 });
    const stopped = await reached(lab, 1, 'stopped', 'finished', 'failed');
    expect(stopped).toMatchObject({ status: 'stopped', step: 642, epochsDone: 2 });
    await lab.call('runs.resume', { run: 1 });
    await reached(lab, 1, 'finished');
    const events = await lab.call('runs.events', { run: 1 });
    expect(isFinishingEpoch(events)).toBe(false);
    expect(events.find(({ kind }) => kind === 'resumed')).toMatchObject({ step: 642, epoch: 3 });
  });

  test('can be taken back', async () => {
    await lab.call('runs.start', { runs: [fakeRun('hold-at-400')] });
    await reachedStep(lab, 1, 400);
    await lab.call('runs.finishEpoch', { run: 1 });
    await lab.call('runs.finishEpoch', { run: 1, wanted: false });
    await lab.call('runs.pause', { run: 1 });
    await lab.call('runs.resume', { run: 1 });
    expect((await reached(lab, 1, 'stopped', 'finished')).status).toBe('finished');
  });
});

test('the log has what happened, in order', async () => {
  await lab.call('runs.start', { runs: [fakeRun('hold-at-400', { epochs: 2 })] });
  await reachedStep(lab, 1, 400);
  await lab.call('runs.pause', { run: 1 });
  await lab.call('runs.resume', { run: 1 });
  await reached(lab, 1, 'finished');
  const events = await lab.call('runs.events', { run: 1 });
  expect(events.map(({ kind }) => kind)).toEqual([
    ...['created', 'started', 'epoch', 'best', 'paused', 'continued', 'epoch'],
    ...(events.length === 9 ? ['best'] : []),
    'finished',
  ]);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.find(({ kind }) => kind === 'started')).toMatchObject({
    detail: { cores: 2, threads: 2, versions: { tensorflow: 'fake' } },
  });
  expect(events.find(({ kind }) => kind === 'paused')).toMatchObject({ step: 400, epoch: 2 });
});

test('the log of a run whose process was killed: interrupted, resumed, and no epoch twice', async () => {
  await lab.call('runs.start', { runs: [fakeRun('hold-at-400', { epochs: 2 })] });
  await reachedStep(lab, 1, 400);
  const killed = copyOf(home);
  unhold(killed);
  await lab.close();
  lab = await openLab(killed);
  await lab.call('runs.resume', { run: 1 });
  await reached(lab, 1, 'finished');
  const log = await kinds();
  expect(log.slice(0, 6)).toEqual(['created', 'started', 'epoch', 'best', 'interrupted', 'resumed']);
  expect(log.filter((kind) => kind === 'epoch')).toHaveLength(2);
  expect(log.at(-1)).toBe('finished');
});

test('of a long epoch only what came after its last checkpoint is lost, and the log says how much', async () => {
  const whole = fakeRun('plain', { epochs: 2 });
  await lab.call('runs.start', { runs: [whole] });
  await reached(lab, 1, 'finished');
  await lab.call('runs.start', { runs: [fakeRun('checkpoint-at-350 hold-at-400', { epochs: 2 })] });
  await reachedStep(lab, 2, 400);
  // Who asks for losses has all of them written.
  await lab.call('runs.batchLosses', { run: 2 });
  const killed = copyOf(home);
  unhold(killed);
  await lab.close();
  lab = await openLab(killed);
  await lab.call('runs.resume', { run: 2 });
  await reached(lab, 2, 'finished');
  const resumed = (await lab.call('runs.events', { run: 2 })).find(({ kind }) => kind === 'resumed');
  expect(resumed).toMatchObject({ step: 350, epoch: 2, detail: { batch: 350 - 321, lost: 50 } });
  const losses = async (run: number) => [...(await lab.call('runs.batchLosses', { run })).losses];
  expect(await losses(2)).toEqual(await losses(1));
});

test('why a run failed is in its log', async () => {
  await lab.call('runs.start', { runs: [fakeRun('fail-at-100')] });
  await reached(lab, 1, 'failed');
  expect((await lab.call('runs.events', { run: 1 })).at(-1)).toMatchObject({
    kind: 'problem',
    step: 100,
    detail: { problem: { code: 'test.failed' } },
  });
});

describe('the queue', () => {
  test('is listed, put in another order and told; a run of it begins at once', async () => {
    const runs = [1, 2, 3, 4, 5].map((seed) => fakeRun('hold-at-100', { seed, epochs: 1 }));
    const told = nextEvent(lab, 'queue.changed', (waiting) => waiting.join() === '5,3,4');
    await lab.call('runs.start', { runs, together: true });
    expect(await lab.call('queue.list', {})).toEqual([3, 4, 5]);
    expect(await lab.call('queue.move', { run: 5, before: 3 })).toEqual([5, 3, 4]);
    await told;
    await lab.call('queue.startNow', { run: 4 });
    await reached(lab, 4, 'running');
    expect(await lab.call('queue.list', {})).toEqual([5, 3]);
    await expect(lab.call('queue.startNow', { run: 4 })).rejects.toMatchObject({ code: 'run.not-waiting' });
    await expect(lab.call('queue.move', { run: 5, before: 1 })).rejects.toMatchObject({
      code: 'run.not-waiting',
    });
    await lab.call('runs.stop', { run: 5 });
    expect(await lab.call('queue.list', {})).toEqual([3]);
  });

  test('a run can be given its cores, as many as there are', async () => {
    const [run] = await lab.call('runs.start', { runs: [fakeRun()], threads: 1 });
    expect(await lab.call('runs.get', { run: run!.id })).toMatchObject({ shards: 1 });
    await expect(lab.call('runs.start', { runs: [fakeRun()], threads: 3 })).rejects.toMatchObject({
      code: 'run.threads',
    });
  });

  test('a run that is done again makes the changes of its learning rate again', async () => {
    await lab.call('runs.start', { runs: [fakeRun('hold-at-400')] });
    await reachedStep(lab, 1, 400);
    await lab.call('runs.setLearningRate', { run: 1, learningRate: 0.25 });
    await lab.call('runs.pause', { run: 1 });
    await lab.call('runs.resume', { run: 1 });
    await reached(lab, 1, 'finished');
    const again = { ...fakeRun(), learningRates: [{ step: 401, learningRate: 0.25 }] };
    await lab.call('runs.start', { runs: [again] });
    await reached(lab, 2, 'finished');
    expect((await storyOf(lab, 2)).batchLosses).toEqual((await storyOf(lab, 1)).batchLosses);
  });
});
