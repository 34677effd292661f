/**
 * Damaged input, a kind a row: each ends the import with an error of its own that names the place, in both languages, and
 * leaves nothing. docs/data.md has the same rows.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import chinese from '../../resources/messages/zh-CN/data.json' with { type: 'json' };
import chineseModels from '../../resources/messages/zh-CN/models.json' with { type: 'json' };
import chineseProblems from '../../resources/messages/zh-CN/problems.json' with { type: 'json' };
import { inLanguage, setLanguage } from '../../src/main/host/language.ts';
import { Problem, toProblemRecord } from '../../src/shared/base/problem.ts';
import { idxKinds } from '../support/damaged/idx.ts';
import { pictureKinds } from '../support/damaged/pictures.ts';
import { tableKinds } from '../support/damaged/tables.ts';
import { writeFiles } from '../support/datasetFiles.ts';
import { importInto, left } from '../support/importing.ts';
import { removeFolder, temporaryFolder } from '../support/lab.ts';

/** In the order of docs/data.md. */
const kinds = [...idxKinds, ...tableKinds, ...pictureKinds];

let sets: string;
let source: string;
beforeEach(() => {
  [sets, source] = [temporaryFolder(), temporaryFolder()];
});
afterEach(() => {
  setLanguage('en');
  removeFolder(sets);
  removeFolder(source);
});

test.each(kinds)('$kind', async ({ code, files, path, names }) => {
  writeFiles(source, await files());
  const error: unknown = await importInto(sets, path === undefined ? source : join(source, path)).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Problem))
    throw error instanceof Error ? error : new Error('the import went through');
  expect(error.code).toBe(code);
  expect(error.message).toContain(names);
  expect(left(sets)).toEqual([]);
  // Its Chinese words have all that they name, and so do not fall back on the English ones.
  setLanguage('zh-CN');
  expect(inLanguage(toProblemRecord(error))).toMatch(/[\u4e00-\u9fff]/);
});

test('there are 40 kinds and more, all of them in docs/data.md with the words of their errors', () => {
  expect(kinds.length).toBeGreaterThanOrEqual(40);
  const table = readFileSync(new URL('../../docs/data.md', import.meta.url), 'utf8');
  const rows = [...table.matchAll(/^\| (.+?) \| `([a-z-]+\.[a-z-]+)` \|/gm)].map(
    ([, kind, code]) => `${kind}: ${code}`,
  );
  expect(rows).toEqual(kinds.map(({ kind, code }) => `${kind}: ${code}`));
  const words: Record<string, unknown> = { ...chinese, ...chineseModels, ...chineseProblems };
  for (const { code } of kinds) expect(words).toHaveProperty([`problem.${code}`]);
});
