import { expect, test, vi } from 'vitest';
import { FakeLab, sampleDetail, sampleEpoch, sampleRun } from '../../../../test/support/fakeLab.ts';
import { Problem } from '../../../shared/base/problem.ts';
import type { RunEvent } from '../../../shared/runs/runEvents.ts';
import { LiveRuns } from './liveRuns.svelte.ts';

const ones = (length: number) => new Float32Array(length).fill(1);
const settled = () => new Promise((resolve) => setTimeout(resolve));

const event = (seq: number, kind: 'created' | 'paused', step: number): RunEvent => ({
  ...{ seq, kind, step, at: '2026-03-01T08:00:00.000Z', epoch: 1, detail: {} },
});

/** A lab whose run 1 has `kept` losses in history. */
function labWith(kept: () => number, changes = {}): FakeLab {
  return new FakeLab()
    .answer('runs.get', () => sampleDetail({ epochs: [sampleEpoch(1)], ...changes }))
    .answer('runs.events', () => [event(1, 'created', 0)])
    .answer('runs.batchLosses', ({ from = 0 }) => ({
      from,
      losses: ones(Math.max(0, kept() - from)),
      clock: [{ step: kept(), seconds: kept() / 100 }],
    }));
}

test('a run that is opened has the losses and epochs that history has', async () => {
  const live = new LiveRuns(labWith(() => 1000)).open(1);
  await settled();
  expect([live.steps, live.runningLoss, live.epochs.length]).toEqual([1000, 1, 1]);
});

test('events go on from there; a gap is fetched', async () => {
  let kept = 100;
  const lab = labWith(() => kept);
  const live = new LiveRuns(lab).open(1);
  await settled();
  lab.emit('run.batchLosses', { run: 1, from: 100, losses: ones(50), imagesPerSecond: 41_000, seconds: 1.5 });
  expect([live.steps, live.imagesPerSecond]).toEqual([150, 41_000]);
  kept = 300;
  lab.emit('run.batchLosses', { run: 1, from: 280, losses: ones(20), imagesPerSecond: 40_000, seconds: 3 });
  await settled();
  expect(live.steps).toBe(300);
  expect(lab.asked.at(-1)).toEqual(['runs.batchLosses', { run: 1, from: 150 }]);
});

test('events that arrive before the first reply lose nothing', async () => {
  const lab = labWith(() => 120);
  const live = new LiveRuns(lab).open(1);
  lab.emit('run.batchLosses', { run: 1, from: 100, losses: ones(30), imagesPerSecond: 1, seconds: 2 });
  lab.emit('run.epoch', { run: 1, ...sampleEpoch(2) });
  await settled();
  lab.emit('run.batchLosses', { run: 1, from: 130, losses: ones(10), imagesPerSecond: 1, seconds: 2 });
  await settled();
  lab.emit('run.batchLosses', { run: 1, from: 120, losses: ones(30), imagesPerSecond: 1, seconds: 2 });
  expect([live.steps, live.epochs.length]).toEqual([150, 2]);
});

test('a run that was asked for before it was started is there once it is', async () => {
  let started = false;
  const lab = labWith(() => 10).answer('runs.get', () => {
    if (started) return sampleDetail({ epochs: [] });
    throw new Problem('run.unknown', 'there is no run 1', { run: 1 });
  });
  const live = new LiveRuns(lab).open(1);
  await settled();
  expect([live.problem?.code, live.detail]).toEqual(['run.unknown', null]);
  started = true;
  lab.emit('run.changed', sampleRun({ status: 'queued', step: 0 }));
  await settled();
  expect([live.problem, live.detail?.id, live.steps]).toEqual([null, 1, 10]);
});

test('other runs’ events change nothing', async () => {
  const lab = labWith(() => 10);
  const live = new LiveRuns(lab).open(1);
  await settled();
  lab.emit('run.batchLosses', { run: 2, from: 10, losses: ones(5), imagesPerSecond: 1, seconds: 2 });
  expect(live.steps).toBe(10);
});

test('a run resumed from an earlier checkpoint forgets what came after it', async () => {
  const lab = labWith(() => 1500, { status: 'interrupted' });
  const live = new LiveRuns(lab).open(1);
  await settled();
  lab.emit('run.changed', sampleRun({ status: 'queued', step: 938 }));
  expect([live.steps, live.epochs.length]).toEqual([938, 1]);
});

test('a run that ends gets the losses that no event brought', async () => {
  let kept = 100;
  const lab = labWith(() => kept);
  const live = new LiveRuns(lab).open(1);
  await settled();
  kept = 938;
  lab.emit('run.changed', sampleRun({ status: 'finished', step: 938, epochsDone: 1 }));
  await settled();
  expect([live.steps, live.imagesPerSecond, live.detail?.status]).toEqual([938, null, 'finished']);
});

test("another process's run gets on by what is said of it: no event brings its losses", async () => {
  let kept = 100;
  let epochs = [sampleEpoch(1)];
  const lab = labWith(() => kept).answer('runs.get', () => sampleDetail({ epochs }));
  const live = new LiveRuns(lab).open(1);
  await settled();
  kept = 1900;
  epochs = [sampleEpoch(1), sampleEpoch(2)];
  lab.emit('run.changed', sampleRun({ status: 'running', step: 1900, epochsDone: 2 }));
  await settled();
  expect([live.steps, live.epochs.length]).toEqual([1900, 2]);
  // A run of this lab pushes its losses, so they are not requested.
  lab.emit('run.batchLosses', { run: 1, from: 1900, losses: ones(5), imagesPerSecond: 1, seconds: 2 });
  const asked = lab.asked.length;
  lab.emit('run.changed', sampleRun({ status: 'running', step: 1950, epochsDone: 2 }));
  await settled();
  expect(lab.asked).toHaveLength(asked);
});

test('what cannot be read is a problem of this run', async () => {
  const lab = new FakeLab().answer('runs.get', () => {
    throw new Error('gone');
  });
  const live = new LiveRuns(lab).open(7);
  await settled();
  expect(live.problem).toMatchObject({ code: 'internal', message: 'gone' });
});

test('opens a run once, and forgets the longest unused', () => {
  const lab = labWith(() => 0);
  const runs = new LiveRuns(lab);
  const open = vi.spyOn(lab, 'call');
  const first = runs.open(1);
  expect(runs.open(1)).toBe(first);
  expect(open.mock.calls.filter(([name]) => name === 'runs.get')).toHaveLength(1);
  for (let id = 2; id < 30; id++) runs.open(id);
  expect(runs.open(1)).not.toBe(first);
});

test('what happens to a run is added to its log; a change of the learning rate undoes later ones', async () => {
  const lab = labWith(() => 0);
  const live = new LiveRuns(lab).open(1);
  await settled();
  const changed = (seq: number, step: number): RunEvent => ({
    ...event(seq, 'paused', step),
    ...{ kind: 'learningRate', detail: { learningRate: 0.1, before: 0.01 } },
  });
  lab.emit('run.event', { run: 1, event: changed(2, 700) });
  lab.emit('run.event', { run: 1, event: event(3, 'paused', 400) });
  lab.emit('run.event', { run: 1, event: changed(4, 400) });
  lab.emit('run.event', { run: 2, event: event(1, 'created', 0) });
  expect(live.events.map(({ seq, kind }) => [seq, kind])).toEqual([
    [1, 'created'],
    [3, 'paused'],
    [4, 'learningRate'],
  ]);
});
