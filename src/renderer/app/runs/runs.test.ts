import { expect, test } from 'vitest';
import { FakeLab, sampleRun } from '../../../../test/support/fakeLab.ts';
import { Problem } from '../../../shared/base/problem.ts';
import { RunsState } from './runs.svelte.ts';

const history = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const id = count - index;
    const createdAt = new Date(Date.UTC(2026, 2, 1) + id * 60_000).toISOString();
    return sampleRun({ id, status: 'finished', createdAt });
  });

function labWith(count: number): FakeLab {
  const all = history(count);
  return new FakeLab().answer('runs.list', ({ offset = 0, limit = 100 }) => ({
    runs: all.slice(offset, offset + limit),
    total: count,
  }));
}

test('has the newest runs first, and more when asked', async () => {
  const runs = new RunsState(labWith(150));
  await runs.load();
  expect([runs.list.length, runs.list[0]!.id, runs.total]).toEqual([100, 150, 150]);
  await runs.loadMore();
  expect([runs.list.length, runs.list.at(-1)!.id]).toEqual([150, 1]);
});

test('events change a run in its place and put a new one on top', async () => {
  const lab = labWith(3);
  const runs = new RunsState(lab);
  await runs.load();
  lab.emit('run.changed', sampleRun({ id: 2, status: 'paused' }));
  lab.emit('run.changed', sampleRun({ id: 4, status: 'running' }));
  expect(runs.list.map(({ id, status }) => [id, status])).toEqual([
    [4, 'running'],
    [3, 'finished'],
    [2, 'paused'],
    [1, 'finished'],
  ]);
  expect(runs.total).toBe(4);
  expect(runs.underWay.map(({ id }) => id)).toEqual([4, 2]);
});

test('watches what is under way or was just started, else what was started last', async () => {
  const lab = labWith(2);
  const runs = new RunsState(lab);
  await runs.load();
  expect(runs.watched.map(({ id }) => id)).toEqual([2]);

  const made = [sampleRun({ id: 3 }), sampleRun({ id: 4, status: 'queued' })];
  lab.answer('runs.start', () => made);
  await runs.start({ runs: [] });
  lab.emit('run.changed', sampleRun({ id: 3, status: 'finished' }));
  expect(runs.watched.map(({ id }) => id)).toEqual([3, 4]);

  // The window has been reloaded and no longer knows what was started here, but the two runs were made at the same
  // moment.
  lab.answer('runs.list', () => ({
    runs: made.map((run) => ({ ...run, status: 'finished' as const })),
    total: 2,
  }));
  const again = new RunsState(lab);
  await again.load();
  expect(again.watched.map(({ id }) => id)).toEqual([3, 4]);
});

test('an action that fails leaves its problem beside the run, until the next try', async () => {
  const lab = labWith(1).answer('runs.pause', () => {
    throw new Problem('run.not-running', 'run 1 is finished', { run: 1 });
  });
  const runs = new RunsState(lab);
  await runs.load();
  await runs.act('pause', 1);
  expect(runs.problems.get(1)?.code).toBe('run.not-running');
  expect(runs.busy.has(1)).toBe(false);
  lab.answer('runs.pause', () => sampleRun({ id: 1, status: 'paused' }));
  await runs.act('pause', 1);
  expect(runs.problems.has(1)).toBe(false);
  expect(runs.find(1)?.status).toBe('paused');
});

test('a list that cannot be had is a problem, not an empty list', async () => {
  const runs = new RunsState(new FakeLab());
  await runs.load();
  expect([runs.loaded, runs.problem?.code]).toEqual([false, 'internal']);
});
