import { expect, test } from 'vitest';
import { alignNetworks } from './alignNetworks.ts';
import { parseNetwork } from './network.ts';
import { findPreset } from './presets.ts';

const [course, homework] = ['course', 'homework'].map((name) => findPreset(name)!.network) as [
  ReturnType<typeof parseNetwork>,
  ReturnType<typeof parseNetwork>,
];
const shown = (rows: ReturnType<typeof alignNetworks>) =>
  rows.map(({ kind, a, b, fields }) =>
    [kind, a?.layer.type ?? b?.layer.type, ...fields.map((each) => `${each.field} ${each.a}→${each.b}`)].join(
      ' ',
    ),
  );

test('the course net and the homework net: changed layers beside each other, the third block inserted', () => {
  expect(shown(alignNetworks(course, homework))).toEqual([
    'changed conv2d kernelSize 5→3',
    'same maxPool2d',
    'same activation',
    'changed conv2d kernelSize 5→3 padding 0→1',
    'same maxPool2d',
    'same activation',
    'onlyB conv2d',
    'onlyB maxPool2d',
    'onlyB activation',
    'same flatten',
    'onlyB linear',
    'onlyB linear',
    'same linear',
  ]);
});

test('from the other side the same rows, with the sides exchanged', () => {
  const turned = { onlyA: 'onlyB', onlyB: 'onlyA', same: 'same', changed: 'changed' } as const;
  const rows = alignNetworks(homework, course);
  const counts = (kinds: readonly string[]) => kinds.toSorted().join();
  expect(counts(rows.map(({ kind }) => turned[kind]))).toBe(
    counts(alignNetworks(course, homework).map(({ kind }) => kind)),
  );
});

test('a net against itself is the same throughout, with shapes and costs', () => {
  const rows = alignNetworks(course, course);
  expect(rows.every(({ kind }) => kind === 'same')).toBe(true);
  expect(rows[0]?.a?.parameterCount).toBe(260);
});

test('nothing is beside nothing: a net without a layer of the other', () => {
  const small = parseNetwork({
    name: 'small',
    input: course.input,
    layers: [{ type: 'flatten' }, { type: 'linear', units: 10 }],
  });
  expect(
    shown(alignNetworks(small, course))
      .filter((row) => row.startsWith('only'))
      .every((row) => row.startsWith('onlyB')),
  ).toBe(true);
});
