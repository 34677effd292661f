/** Tests of which layers are computed together with a neighbour, and which convolutions in another layout. */
import { describe, expect, it } from 'vitest';
import { conv2d } from '../../../shared/layers/conv2d.ts';
import type { Layer } from '../../../shared/layers/index.ts';
import type { MapShape } from '../../../shared/layers/layer.ts';
import { wantsHwnc } from './hwnc.ts';
import { isPooledInPairs } from './reluPool.ts';
import { gainsFromSpaceToDepth } from './spaceToDepth.ts';
import { partnerOf } from './reluPool.ts';

const kinds: Readonly<Record<string, Layer>> = {
  c: { type: 'conv2d', filters: 6, kernelSize: 5 },
  p: { type: 'maxPool2d', kernelSize: 2 },
  q: { type: 'maxPool2d', kernelSize: 3, stride: 2 },
  r: { type: 'activation', function: 'relu' },
  t: { type: 'activation', function: 'tanh' },
};
const net = (letters: string) => [...letters].map((letter) => kinds[letter] as Layer);

describe('a pool and a ReLU', () => {
  it.each([
    ['pr', ['after', 'before']],
    ['rp', ['after', 'before']],
    ['rpr', [undefined, 'after', 'before']],
    ['prp', ['after', 'before', undefined]],
    ['rprp', [undefined, 'after', 'before', undefined]],
    ['tp', [undefined, undefined]],
    ['pcr', [undefined, undefined, undefined]],
  ])('%s', (letters, expected) => {
    const layers = net(letters);
    const partners = layers.map((_, index) => partnerOf(layers, index));
    expect(partners).toEqual(expected);
    // Partnership is symmetric.
    partners.forEach((partner, index) => {
      if (partner)
        expect(partners[index + (partner === 'after' ? 1 : -1)]).toBe(
          partner === 'after' ? 'before' : 'after',
        );
    });
  });
});

it.each([
  ['cp', true],
  ['cpr', true],
  ['crp', true],
  ['crpr', false],
  ['ctp', false],
  ['cq', false],
  ['c', false],
])('%s is pooled in pairs: %s', (letters, expected) => {
  expect(isPooledInPairs(net(letters), 0)).toBe(expected);
});

const map = (size: number, channels: number): MapShape => ({
  kind: 'map',
  height: size,
  width: size,
  channels,
});
const conv = (filters: number, kernelSize: number, rest: object = {}) =>
  conv2d.schema.parse({ type: 'conv2d', filters, kernelSize, ...rest });

it.each([
  ['LeNet', conv(6, 5), 1, [true, true]],
  ['the course', conv(10, 5), 1, [true, false]],
  ['the homework', conv(10, 3), 1, [true, false]],
  ['many filters', conv(32, 5), 1, [false, false]],
  ['colours', conv(6, 5), 3, [false, false]],
  ['padded', conv(6, 5, { padding: 2 }), 1, [false, false]],
  ['strided', conv(6, 5, { stride: 2 }), 1, [false, false]],
])('space-to-depth before HWNC maps, and before NHWC maps: %s', (_name, layer, channels, expected) => {
  expect(
    (['hwnc', 'nhwc'] as const).map((wanted) =>
      gainsFromSpaceToDepth(layer, map(28, channels), [32, 32], wanted),
    ),
  ).toEqual(expected);
});

it('takes space-to-depth where there are many images in every shard', () => {
  const taken = [
    [8, 8],
    [8, 7],
  ].map((sizes) => gainsFromSpaceToDepth(conv(6, 5), map(28, 1), sizes, 'nhwc'));
  expect(taken).toEqual([true, false]);
});

describe('what wants HWNC maps', () => {
  const second = conv(20, 5);
  it.each([
    ["the course's second", second, map(12, 10), {}, true],
    ["the homework's second, padded", conv(20, 3, { padding: 1 }), map(13, 10), {}, true],
    ['shards of different sizes', second, map(12, 10), { shardSizes: [9, 8] }, true],
    ['few images', second, map(12, 10), { shardSizes: [8, 7] }, false],
    ['evaluation', second, map(12, 10), { training: false }, false],
    ['another CPU', second, map(12, 10), { avx512: false }, false],
    ['one channel', second, map(12, 1), {}, false],
    ['long rows', second, map(28, 10), {}, false],
    ['full lanes, padded', conv(32, 3, { padding: 1 }), map(14, 16), {}, false],
    ['1 × 1', conv(20, 1), map(12, 10), {}, false],
    ['padded by more than keeps the size', conv(20, 3, { padding: 2 }), map(10, 10), {}, false],
  ] as const)('%s', (_name, layer, input, given, expected) => {
    const pass = { training: true, avx512: true, shardSizes: [32, 32], ...given };
    expect(wantsHwnc(pass, layer, input)).toBe(expected);
  });
});
