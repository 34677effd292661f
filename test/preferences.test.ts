/** What windows may keep as preferences: so deep, so large and so many, and what is beyond is refused and harms nothing. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deepest } from '../src/shared/base/jsonDepth.ts';
import type { Lab } from '../src/main/lab/lab.ts';
import { openLab, removeFolder, temporaryFolder } from './support/lab.ts';

let home: string;
let lab: Lab;
beforeEach(async () => {
  home = temporaryFolder();
  lab = await openLab(home);
});
afterEach(async () => {
  await lab.close();
  removeFolder(home);
});

function nested(depth: number): [] {
  let value: unknown[] = [];
  for (let i = 0; i < depth; i += 1) value = [value];
  return value as [];
}

test('nested too deep, or too large', async () => {
  await lab.call('preferences.set', { key: 'deep', value: nested(deepest - 1) });
  await expect(lab.call('preferences.set', { key: 'deeper', value: nested(500) })).rejects.toMatchObject({
    code: 'call.invalid',
    parameters: { rule: 'deep' },
  });
  await expect(
    lab.call('preferences.set', { key: 'large', value: 'x'.repeat(200_000) }),
  ).rejects.toMatchObject({ parameters: { rule: 'large' } });
  expect(Object.keys(await lab.call('preferences.get', {}))).toEqual(['deep']);
});

test('too many', async () => {
  let kept = 0;
  const fill = async () => {
    for (; kept < 5000; kept += 1) await lab.call('preferences.set', { key: `key${kept}`, value: kept });
  };
  await expect(fill()).rejects.toMatchObject({ code: 'preferences.too-many' });
  expect(kept).toBeGreaterThan(100);
  await lab.call('preferences.set', { key: 'key0', value: 'changed' });
  const all = await lab.call('preferences.get', {});
  expect([Object.keys(all).length, all['key0']]).toEqual([kept, 'changed']);
});
