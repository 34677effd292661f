/** How set-up sees how much of a download has arrived, while another program writes and removes its own files there. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sizeBelow } from '../scripts/setup/files.mjs';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'stride-files-'));
  fs.writeFileSync(join(folder, 'a'), 'abc');
  fs.mkdirSync(join(folder, 'deep', 'er'), { recursive: true });
  fs.writeFileSync(join(folder, 'deep', 'b'), 'de');
  fs.writeFileSync(join(folder, 'deep', 'er', 'c'), 'f');
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Has something go right after set-up has read which entries a folder has. */
function goneOnceSeen(folderSeen: string, gone: string) {
  const read = fs.readdirSync.bind(fs) as (path: string, options: object) => fs.Dirent[];
  vi.spyOn(fs, 'readdirSync').mockImplementation(((path: string, options: object) => {
    const entries = read(path, options);
    if (path === folderSeen) fs.rmSync(gone, { recursive: true });
    return entries;
  }) as never);
}

test('adds up all files', () => {
  expect(sizeBelow(folder)).toBe(6);
});

test('is nothing where there is no folder', () => {
  expect(sizeBelow(join(folder, 'none'))).toBe(0);
});

test('leaves out a folder that goes meanwhile', () => {
  goneOnceSeen(folder, join(folder, 'deep'));
  expect(sizeBelow(folder)).toBe(3);
});

test('leaves out a file that goes meanwhile', () => {
  goneOnceSeen(join(folder, 'deep'), join(folder, 'deep', 'b'));
  expect(sizeBelow(folder)).toBe(4);
});

test('does not hide what else keeps it from looking', () => {
  vi.spyOn(fs, 'readdirSync').mockImplementation(() => {
    throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
  });
  expect(() => sizeBelow(folder)).toThrow('too many');
});
