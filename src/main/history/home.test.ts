import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { makeHome, resolveHome } from './home.ts';

test('STRIDE_HOME, else the folder of the platform', () => {
  expect(resolveHome({ STRIDE_HOME: 'somewhere' })).toBe(resolve('somewhere'));
  for (const environment of [{}, { STRIDE_HOME: '' }]) {
    expect(isAbsolute(resolveHome(environment))).toBe(true);
    expect(resolveHome(environment)).toContain('Stride');
  }
});

test('a home that cannot be made', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stride-home-'));
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeHome(join(folder, 'file', 'home'))).toThrow(
    expect.objectContaining({ code: 'home.unusable' }),
  );
  expect(() => makeHome(join(folder, 'file'))).toThrow(expect.objectContaining({ code: 'home.unusable' }));
  // Node's own recursive mkdir never returns from this.
  if (process.platform === 'linux')
    expect(() => makeHome('/proc/stride/home')).toThrow(expect.objectContaining({ code: 'home.unusable' }));
  makeHome(join(folder, 'a', 'b'));
  makeHome(join(folder, 'a', 'b'));
  rmSync(folder, { recursive: true });
});
