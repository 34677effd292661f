import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

vi.mock('electron', () => ({ app: { addRecentDocument: vi.fn(), clearRecentDocuments: vi.fn() } }));
const { RecentFiles } = await import('./recentFiles.ts');

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'stride-recent-'));
  mkdirSync(join(home, 'desktop'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

test('the ten youngest, each once, the youngest first, also after the next start', () => {
  const changed = vi.fn();
  const recent = new RecentFiles(home, changed);
  for (let file = 1; file <= 12; file += 1) recent.add(`/nets/${file}.json`);
  recent.add('/nets/5.json');
  expect(changed).toHaveBeenCalledTimes(13);
  const expected = [5, 12, 11, 10, 9, 8, 7, 6, 4, 3].map((file) => `/nets/${file}.json`);
  expect(new RecentFiles(home, changed).paths).toEqual(expected);
});

test('a file that is gone is taken out, and all of them when they are cleared', () => {
  const recent = new RecentFiles(home, () => undefined);
  recent.add('/nets/a.json');
  recent.add('/nets/b.json');
  recent.remove('/nets/b.json');
  expect(recent.paths).toEqual(['/nets/a.json']);
  recent.clear();
  expect(new RecentFiles(home, () => undefined).paths).toEqual([]);
});

test('a damaged list is an empty one', () => {
  writeFileSync(join(home, 'desktop', 'recent-files.json'), '{"no": "list"}');
  expect(new RecentFiles(home, () => undefined).paths).toEqual([]);
});
