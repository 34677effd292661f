import { expect, test } from 'vitest';
import { FakeLab, sampleRun } from '../../../test/support/fakeLab.ts';
import type { RunSummary } from '../../shared/runs.ts';
import { Problem } from '../../shared/problem.ts';
import { InterruptedRuns } from './interruptedRuns.svelte.ts';
import { PreferencesState } from './preferences.svelte.ts';

const cutOff = (id: number, endedAt: string) => sampleRun({ id, status: 'interrupted', endedAt });
const older = cutOff(3, '2026-03-01T09:00:00.000Z');
const newer = cutOff(5, '2026-03-02T09:00:00.000Z');

async function setUp(kept: Record<string, never> | object = {}, rows: RunSummary[] = [newer, older]) {
  const counts = { active: 2, archived: 0, deleted: 0 };
  const lab = new FakeLab()
    .answer('preferences.get', () => kept as Record<string, never>)
    .answer('preferences.set', () => ({}))
    .answer('runs.query', () => ({ runs: rows.map(({ id }) => id), rows, counts }))
    .answer('runs.resume', ({ run }) => sampleRun({ id: run, status: 'queued' }));
  const preferences = new PreferencesState(lab);
  await preferences.load();
  const resumed: number[] = [];
  const interrupted = new InterruptedRuns(lab, preferences, (runs) =>
    resumed.push(...runs.map(({ id }) => id)),
  );
  const asked = () => lab.asked.filter(([name]) => name === 'runs.resume').map(([, request]) => request);
  return { lab, preferences, interrupted, resumed, asked };
}

test('offers what was cut off, and resumes it in the order of the start', async () => {
  const { interrupted, asked, resumed } = await setUp();
  await interrupted.load();
  expect(interrupted.offered.map(({ id }) => id)).toEqual([5, 3]);
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
  expect(again.interrupted.offered.map(({ id }) => id)).toEqual([5]);
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
  expect(interrupted.offered.map(({ id }) => id)).toEqual([3]);
  expect(interrupted.problem?.code).toBe('checkpoint.missing');
});

test('what is resumed or deleted elsewhere is no longer offered', async () => {
  const { lab, interrupted } = await setUp();
  await interrupted.load();
  lab.emit('run.changed', sampleRun({ id: 5, status: 'running' }));
  expect(interrupted.offered.map(({ id }) => id)).toEqual([3]);
  lab.emit('runs.removed', { runs: [3] });
  expect(interrupted.offered).toEqual([]);
});
