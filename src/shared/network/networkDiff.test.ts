import { describe, expect, test } from 'vitest';
import type { Layer } from '../layers/index.ts';
import { diffNetworks, sameNetwork } from './networkDiff.ts';
import { findPreset } from './presets.ts';

const course = findPreset('course')!.network;
const homework = findPreset('homework')!.network;
const withLayers = (layers: Layer[]) => ({ ...course, layers });

const words = (diff: ReturnType<typeof diffNetworks>) =>
  diff.layers.map((each) => `${each.kind} ${(each.kind === 'added' ? each.after : each.before).type}`);

describe('sameNetwork', () => {
  test('looks at what a net does, not at how it is written', () => {
    expect(sameNetwork(course, structuredClone(course))).toBe(true);
    const turned = course.layers.map((layer) => Object.fromEntries(Object.entries(layer).reverse()) as Layer);
    expect(sameNetwork(course, withLayers(turned))).toBe(true);
    expect(
      sameNetwork(course, withLayers(course.layers.map((layer) => ({ ...layer, disabled: false })))),
    ).toBe(true);
  });

  test.each<[string, (layers: Layer[]) => Layer[]]>([
    ['a layer off', ([first, ...rest]) => [{ ...first!, disabled: true }, ...rest]],
    ['a layer without bias', ([first, ...rest]) => [{ ...first!, bias: false } as Layer, ...rest]],
    ['one more', (layers) => [...layers, { type: 'dropout' }]],
    ['another order', (layers) => layers.toReversed()],
  ])('%s is another net', (_, change) => {
    expect(sameNetwork(course, withLayers(change(course.layers)))).toBe(false);
  });
});

describe('diffNetworks', () => {
  test('nothing', () => {
    const diff = diffNetworks(course, structuredClone(course));
    expect(diff).toMatchObject({ name: false, input: false, changes: 0 });
    expect(diff.layers.every(({ kind }) => kind === 'same')).toBe(true);
  });

  test('a field, a layer that is new, one that is gone', () => {
    const [conv, pool, , ...rest] = course.layers;
    const diff = diffNetworks(
      course,
      withLayers([{ ...conv!, padding: 2 } as Layer, pool!, ...rest, { type: 'dropout' }]),
    );
    expect(words(diff)).toEqual([
      'changed conv2d',
      'same maxPool2d',
      'removed activation',
      'same conv2d',
      'same maxPool2d',
      'same activation',
      'same flatten',
      'same linear',
      'added dropout',
    ]);
    expect(diff.layers[0]).toMatchObject({
      fields: [{ field: 'padding', before: 0, after: 2 }],
      switched: false,
    });
    expect(diff.changes).toBe(3);
  });

  test('inside a block', () => {
    const block = (kernelSize: number): Layer => ({
      type: 'residual',
      layers: [{ type: 'conv2d', filters: 1, kernelSize, padding: 1 }, { type: 'dropout' }],
    });
    const [only] = diffNetworks(withLayers([block(3)]), withLayers([block(1)])).layers;
    expect(only).toMatchObject({
      kind: 'changed',
      inner: [{ kind: 'changed', fields: [{ field: 'kernelSize', before: 3, after: 1 }] }, { kind: 'same' }],
    });
  });

  test('every layer of both nets is in it once, in order', () => {
    for (const [before, after] of [
      [course, homework],
      [homework, course],
    ] as const) {
      const { layers } = diffNetworks(before, after);
      expect(layers.flatMap((each) => (each.kind === 'added' ? [] : [each.before]))).toEqual(before.layers);
      expect(layers.flatMap((each) => (each.kind === 'removed' ? [] : [each.after]))).toEqual(after.layers);
    }
  });
});
