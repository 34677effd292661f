import { expect, test } from 'vitest';
import { FakeLab, sampleRun } from '../../../../test/support/fakeLab.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import { Problem } from '../../../shared/base/problem.ts';
import type { SweepSummary } from '../../../shared/sweeps/sweeps.ts';
import { InterruptedRuns, type Offered } from './interruptedRuns.svelte.ts';
import { PreferencesState } from '../preferences/preferences.svelte.ts';

const cutOff = (id: number, endedAt: string) => sampleRun({ id, status: 'interrupted', endedAt });
const older = cutOff(3, '2026-03-01T09:00:00.000Z');
const newer = cutOff(5, '2026-03-02T09:00:00.000Z');

const numberOf = (each: Offered) => (each.kind === 'run' ? each.run.id : `sweep ${each.sweep.id}`);

function sampleSweep(changes: Partial<SweepSummary> = {}): SweepSummary {
  return {
    id: 1,
    name: 'rates',
    status: 'interrupted',
    workers: 2,
    shards: 1,
    createdAt: '2026-03-01T07:00:00.000Z',
    endedAt: null,
    combinations: 4,
    seeds: 3,
    runs: { total: 12, waiting: 6, open: 2, finished: 4, failed: 0 },
    problem: null,
    ...changes,
  };
}

async function setUp(
  kept: Record<string, never> | object = {},
  rows: RunSummary[] = [newer, older],
  sweeps: SweepSummary[] = [],
) {
  const counts = { active: 2, archived: 0, deleted: 0 };
  const lab = new FakeLab()
    .answer('preferences.get', () => kept as Record<string, never>)
    .answer('preferences.set', () => ({}))
    .answer('runs.query', () => ({ runs: rows.map(({ id }) => id), rows, counts }))
    .answer('sweeps.list', () => ({ sweeps, total: sweeps.length }))
    .answer('sweeps.resume', ({ sweep }) => sampleSweep({ id: sweep, status: 'running' }))
    .answer('runs.resume', ({ run }) => sampleRun({ id: run, status: 'queued' }));
  const preferences = new PreferencesState(lab);
  await preferences.load();
  const resumed: (number | string)[] = [];
  const interrupted = new InterruptedRuns(lab, preferences, (runs) => resumed.push(...runs.map(numberOf)));
  const asked = () => lab.asked.filter(([name]) => name === 'runs.resume').map(([, request]) => request);
  return { lab, preferences, interrupted, resumed, asked };
}

test('offers what was cut off, and resumes it in the order of the start', async () => {
  const { interrupted, asked, resumed } = await setUp();
  await interrupted.load();
  expect(interrupted.offered.map(numberOf)).toEqual([5, 3]);
  await interrupted.resume();
  expect(asked()).toEqual([{ run: 3 }, { run: 5 }]);
  expect([interrupted.offered, resumed]).toEqual([[], []]);
});

test('a no holds for these runs, not for those that are cut off later', async () => {
  const { interrupted, preferences } = await setUp({}, [older]);
  await interrupted.load();
  interrupted.decline();
  expect(interrupted.offered).toEqual([]);
  const again = await setUp({ 'runs.resumeDeclined': preferences.get('runs.resumeDeclined') });
  await again.interrupted.load();
  expect(again.interrupted.offered.map(numberOf)).toEqual([5]);
});

test('goes on by itself where that was asked for, and says so', async () => {
  const { interrupted, asked, resumed } = await setUp({ 'runs.resumeAtStart': true });
  await interrupted.load();
  expect(asked()).toHaveLength(2);
  expect(resumed).toEqual([5, 3]);
  expect(interrupted.offered).toEqual([]);
});

test('what cannot be resumed stays, with the reason; the others go on', async () => {
  const { lab, interrupted, asked } = await setUp();
  lab.answer('runs.resume', ({ run }) => {
    if (run === 3) throw new Problem('checkpoint.missing', 'gone', { run: 3, path: 'p' });
    return sampleRun({ id: run, status: 'queued' });
  });
  await interrupted.load();
  await interrupted.resume();
  expect(asked()).toHaveLength(2);
  expect(interrupted.offered.map(numberOf)).toEqual([3]);
  expect(interrupted.problem?.code).toBe('checkpoint.missing');
});

test('what is resumed or deleted elsewhere is no longer offered', async () => {
  const { lab, interrupted } = await setUp();
  await interrupted.load();
  lab.emit('run.changed', sampleRun({ id: 5, status: 'running' }));
  expect(interrupted.offered.map(numberOf)).toEqual([3]);
  lab.emit('runs.removed', { runs: [3] });
  expect(interrupted.offered).toEqual([]);
});

test('a sweep is offered as one, with no run of it; those of a cancelled one stand for themselves', async () => {
  const ofSweep = (id: number, sweep: number) => ({
    ...cutOff(id, newer.endedAt!),
    sweep: { id: sweep, position: 0 },
  });
  const { lab, interrupted, asked } = await setUp(
    {},
    [ofSweep(8, 2), ofSweep(7, 2), ofSweep(6, 3), older],
    [
      sampleSweep({ id: 2 }),
      sampleSweep({ id: 3, status: 'cancelled' }),
      sampleSweep({ id: 4, status: 'finished' }),
    ],
  );
  await interrupted.load();
  expect(interrupted.offered.map(numberOf)).toEqual([6, 'sweep 2', 3]);
  await interrupted.resume();
  expect(lab.asked.filter(([name]) => name === 'sweeps.resume').map(([, request]) => request)).toEqual([
    { sweep: 2 },
  ]);
  expect(asked()).toEqual([{ run: 3 }, { run: 6 }]);
  expect(interrupted.offered).toEqual([]);
});

test('a sweep that was cut off between two runs is offered too, until it goes on elsewhere or is declined', async () => {
  const sweep = sampleSweep({ id: 2, endedAt: '2026-03-03T09:00:00.000Z' });
  const { lab, interrupted } = await setUp({}, [], [sweep]);
  await interrupted.load();
  expect(interrupted.offered.map(numberOf)).toEqual(['sweep 2']);
  lab.emit('sweep.changed', { ...sweep, status: 'running' });
  expect(interrupted.offered).toEqual([]);
  const again = await setUp({ 'runs.resumeDeclined': sweep.endedAt! }, [], [sweep]);
  await again.interrupted.load();
  expect(again.interrupted.offered).toEqual([]);
});
