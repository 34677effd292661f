import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { guardLoading, loadingMark } from './trainingProblem.ts';

const well = { findFiles: () => null, hasNames: () => true };
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'stride-guard-'));
  mkdirSync(dirname(loadingMark(home)));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

test('a library that shares its names is refused on Linux, and taken elsewhere', () => {
  const unprepared = { ...well, hasNames: () => false };
  expect(guardLoading(home, 'linux', unprepared).findProblem()?.code).toBe('training.shared-names');
  expect(guardLoading(home, 'darwin', unprepared).findProblem()).toBeNull();
  expect(guardLoading(home, 'linux', well).findProblem()).toBeNull();
});

test('a mark that a dead process left keeps the library out until someone tries again', () => {
  writeFileSync(loadingMark(home), '1');
  const guard = guardLoading(home, 'linux', well);
  expect([guard.hasDied, guard.findProblem()?.code]).toEqual([true, 'training.died-loading']);
  guard.retry();
  expect([guard.hasDied, guard.findProblem(), existsSync(loadingMark(home))]).toEqual([false, null, false]);
});

test('the mark of this very process is no death', () => {
  const guard = guardLoading(home, 'linux', well);
  writeFileSync(loadingMark(home), '1');
  expect(guard.findProblem()).toBeNull();
});
