import { expect, test } from 'vitest';
import { FakeLab } from '../../../../test/support/fakeLab.ts';
import { Problem } from '../../../shared/base/problem.ts';
import { QueueState } from './queue.svelte.ts';

const moves = (lab: FakeLab) =>
  lab.asked.filter(([name]) => name === 'queue.move').map(([, request]) => request);

test('is what the lab says; a run moves up or down by one', async () => {
  const lab = new FakeLab().answer('queue.list', () => [3, 4, 5]).answer('queue.move', () => [4, 3, 5]);
  const queue = new QueueState(lab);
  await queue.load();
  expect(queue.waiting).toEqual([3, 4, 5]);
  await queue.move(4, -1);
  expect(queue.waiting).toEqual([4, 3, 5]);
  await queue.move(4, 1);
  await queue.move(3, 1);
  await queue.move(5, 1);
  await queue.move(9, 1);
  expect(moves(lab)).toEqual([
    { run: 4, before: 3 },
    { run: 4, before: 5 },
    { run: 3, before: null },
  ]);
  lab.emit('queue.changed', [5]);
  expect(queue.waiting).toEqual([5]);
});

test('what cannot be done is said', async () => {
  const lab = new FakeLab().answer('queue.startNow', () => {
    throw new Problem('run.not-waiting', 'no');
  });
  const queue = new QueueState(lab);
  await queue.startNow(1);
  expect(queue.problem?.code).toBe('run.not-waiting');
});
