import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { totalmem, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readMemory } from './memory.ts';

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

function root(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'stride-cgroup-'));
  roots.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const MB = 2 ** 20;

test('a limit of any group above the process counts, and its copies of files are free', () => {
  const at = root({
    'proc/self/cgroup': '0::/a/b\n',
    'sys/fs/cgroup/a/b/memory.max': 'max\n',
    'sys/fs/cgroup/a/memory.max': `${100 * MB}\n`,
    'sys/fs/cgroup/a/memory.current': `${90 * MB}\n`,
    'sys/fs/cgroup/a/memory.stat': `anon 1\nactive_file ${20 * MB}\ninactive_file ${30 * MB}\n`,
  });
  expect(readMemory({}, at)).toEqual({ totalBytes: 100 * MB, freeBytes: 60 * MB });
});

test('groups of the first version, with and without a limit', () => {
  const files = (limit: string) => ({
    'proc/self/cgroup': '3:cpu:/x\n2:memory:/x\n',
    'sys/fs/cgroup/memory/x/memory.limit_in_bytes': limit,
    'sys/fs/cgroup/memory/x/memory.usage_in_bytes': `${5 * MB}`,
    'sys/fs/cgroup/memory/x/memory.stat': `total_active_file ${MB}\ntotal_inactive_file ${MB}\n`,
  });
  expect(readMemory({}, root(files(`${50 * MB}\n`)))).toEqual({ totalBytes: 50 * MB, freeBytes: 47 * MB });
  expect(readMemory({}, root(files('9223372036854771712\n'))).totalBytes).toBe(totalmem());
});

test('a limit that was set, and none', () => {
  expect(readMemory({ STRIDE_MEMORY_LIMIT: String(7 * MB) }, root({}))).toEqual({
    totalBytes: 7 * MB,
    freeBytes: 7 * MB,
  });
  expect(readMemory({}, root({})).totalBytes).toBe(totalmem());
});
