/** One order of what lies over what: the layers of ui/tokens.css, which no component has a number beside. */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { expect, test } from 'vitest';

const renderer = new URL('../../src/renderer/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, renderer), 'utf8');

const layers = [...read('ui/tokens.css').matchAll(/--layer-(\w+): (\d+);/g)].map(([, name, value]) => ({
  name: name!,
  value: Number(value),
}));

test('the layers are named from below up, each above the one before', () => {
  const names = layers.map(({ name }) => name);
  expect(names).toEqual(['raised', 'sticky', 'head', 'bar', 'pop', 'dialog', 'notice']);
  expect(layers.map(({ value }) => value)).toEqual(layers.map(({ value }) => value).sort((a, b) => a - b));
  expect(new Set(layers.map(({ value }) => value)).size).toBe(layers.length);
});

test('every z-index is a layer', async () => {
  const found: string[] = [];
  for await (const file of glob('**/*.{svelte,css,ts}', { cwd: renderer })) {
    if (file.startsWith('paraglide')) continue;
    for (const [, value] of read(file).matchAll(/z-index:\s*([^;}]+)/g)) {
      const [, layer, rest] = /^(?:calc\()?var\(--layer-(\w+)\)(.*)$/.exec(value!.trim()) ?? [];
      const known = layers.some(({ name }) => name === layer);
      // Within a part that keeps its order to itself there may be several, one over the other.
      const plain = rest === '' || rest === ' !important' || (layer === 'raised' && /^ \+ \d\)$/.test(rest!));
      if (!known || !plain) found.push(`${file}: ${value}`);
    }
  }
  expect(found).toEqual([]);
});
