// A call of the contract is declared and handled in files that are named after its prefix.
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { calls } from '../src/shared/api/api.ts';

const src = resolve(import.meta.dirname, '../src');

/** The calls that a folder's files have entries for, each as `file: call`. */
function entries(folder: string): string[] {
  return readdirSync(join(src, folder)).flatMap((file) => {
    const text = readFileSync(join(src, folder, file), 'utf8');
    return [...text.matchAll(/^ +'(\w+\.\w+)':/gm)]
      .map((match) => match[1]!)
      .filter((name) => name in calls)
      .map((name) => `${basename(file, '.ts')}: ${name}`);
  });
}

const byPrefix = Object.keys(calls)
  .map((name) => `${name.split('.')[0]}: ${name}`)
  .sort();

test('every call is declared in the file of its prefix, and nowhere else', () => {
  expect(byPrefix.length).toBeGreaterThan(60);
  expect(entries('shared/api/calls').sort()).toEqual(byPrefix);
  expect(readFileSync(join(src, 'shared/api/api.ts'), 'utf8')).not.toMatch(/^ +'\w+\.\w+':/m);
});

test('every call is handled in the file of its prefix, and nowhere else', () => {
  expect(entries('main/lab/calls').sort()).toEqual(byPrefix);
});
