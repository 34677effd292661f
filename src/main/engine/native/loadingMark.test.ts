import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadingMarkVariable, whileMarked } from './loadingMark.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stride-mark-'));
});
afterEach(() => {
  delete process.env[loadingMarkVariable];
  rmSync(folder, { recursive: true });
});

test('is there while the library is loaded, and gone after it, however that ended', () => {
  const file = join(folder, 'mark');
  process.env[loadingMarkVariable] = file;
  expect(whileMarked(() => existsSync(file))).toBe(true);
  expect(existsSync(file)).toBe(false);
  expect(() =>
    whileMarked(() => {
      throw new Error('no library');
    }),
  ).toThrow('no library');
  expect(existsSync(file)).toBe(false);
});

test('is nowhere where no file is named', () => {
  expect(whileMarked(() => 1)).toBe(1);
});
