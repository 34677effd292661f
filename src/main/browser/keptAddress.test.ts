import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Gate } from './gate.ts';
import { forgetAddress, keepAddress, readKeptAddress } from './keptAddress.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'stride-address-'));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

test('kept for its owner alone, read again, and forgotten', () => {
  const address = { port: 4711, sessions: ['d'.repeat(64)] };
  expect(readKeptAddress(home)).toBeUndefined();
  writeFileSync(join(home, 'browser.json'), '{}', { mode: 0o644 });
  expect(readKeptAddress(home)).toBeUndefined();
  keepAddress(home, address);
  expect(readKeptAddress(home)).toEqual(address);
  expect(statSync(join(home, 'browser.json')).mode & 0o777).toBe(0o600);
  forgetAddress(home);
  expect(readKeptAddress(home)).toBeUndefined();
});

test('a gate takes a session that was kept by its digest, and no token of before', () => {
  let kept: readonly string[] = [];
  const before = new Gate({
    onSession: (digests) => {
      kept = digests;
    },
  });
  const [used, unused] = [before.issueToken(), before.issueToken()];
  const session = before.openSession(used);
  const after = new Gate({ sessions: kept });
  expect(kept.join()).not.toContain(session);
  expect(after.knows(session)).toBe(true);
  expect(after.knows(kept[0])).toBe(false);
  expect(after.openSession(unused)).toBeNull();
});
