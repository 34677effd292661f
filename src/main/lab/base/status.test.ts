import { expect, test } from 'vitest';
import { type RunStatus, resumable, runStatuses } from '../../../shared/runs/runs.ts';
import { canFollow, isUnderWay } from './status.ts';

const over = runStatuses.filter((status) => !isUnderWay(status));

test('what can be resumed can be queued again, but for what is paused, which just goes on', () => {
  for (const status of over) expect(canFollow(status, 'queued')).toBe(resumable.includes(status));
  expect(canFollow('paused', 'running')).toBe(true);
});

test('whatever is under way can end in every way, but for what is paused, which is not finished', () => {
  for (const from of ['queued', 'running', 'paused'] satisfies RunStatus[]) {
    for (const to of over) expect(canFollow(from, to)).toBe(!(from === 'paused' && to === 'finished'));
  }
});

test('what is over ends in no other way, and nothing follows itself', () => {
  for (const from of over) for (const to of over) expect(canFollow(from, to)).toBe(false);
  for (const status of runStatuses) expect(canFollow(status, status)).toBe(false);
});
