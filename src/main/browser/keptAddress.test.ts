import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Gate } from './gate.ts';
import { keepAddress, readKeptAddress } from './keptAddress.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'stride-address-'));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

test('kept for its owner alone, and read again', () => {
  const address = { port: 4711, session: new Gate().session };
  expect(readKeptAddress(home)).toBeUndefined();
  writeFileSync(join(home, 'browser.json'), '{}', { mode: 0o644 });
  expect(readKeptAddress(home)).toBeUndefined();
  keepAddress(home, address);
  expect(readKeptAddress(home)).toEqual(address);
  expect(statSync(join(home, 'browser.json')).mode & 0o777).toBe(0o600);
});

test('a gate takes a session that was kept, and its token is new all the same', () => {
  const before = new Gate();
  const after = new Gate({ session: before.session });
  expect(after.knows(before.session)).toBe(true);
  expect(after.accepts(before.token)).toBe(false);
  expect(after.knows(after.token)).toBe(false);
});
