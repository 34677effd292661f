/** Which layers are computed otherwise than alone, and which convolutions otherwise than as they stand. */
import { describe, expect, it } from 'vitest';
import { conv2dSchema, convWindow } from '../../../shared/layers/conv2d.ts';
import type { Layer } from '../../../shared/layers/index.ts';
import type { MapShape } from '../../../shared/layers/layer.ts';
import { gainsFromBatchInside } from './batchInside.ts';
import { gainsFromPhases, isPooledInPairs } from './phases.ts';
import { partnerOf } from './rectifiedPool.ts';

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
    // Whoever has a partner is that one's partner.
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
  conv2dSchema.parse({ type: 'conv2d', filters, kernelSize, ...rest });

it.each([
  ['LeNet, MNIST', conv(6, 5), 1, true],
  ['LeNet, CIFAR', conv(6, 5), 3, true],
  ['the course', conv(10, 5), 1, true],
  ['the homework', conv(10, 3), 1, false],
  ['wide', conv(32, 5), 1, false],
  ['a second convolution', conv(6, 5), 6, false],
  ['padded', conv(6, 5, { padding: 2 }), 1, false],
  ['strided', conv(6, 5, { stride: 2 }), 1, false],
])('phases, %s', (_name, layer, channels, expected) => {
  expect(gainsFromPhases(layer, map(28, channels))).toBe(expected);
});

it.each([
  ["the course's second", conv(20, 5), map(12, 10), map(8, 20), 32, true],
  ["the homework's second, padded", conv(20, 3, { padding: 1 }), map(13, 10), map(13, 20), 32, true],
  ['few images', conv(20, 5), map(12, 10), map(8, 20), 8, false],
  ['one channel', conv(10, 5), map(12, 1), map(8, 10), 32, false],
  ['long rows', conv(20, 3), map(28, 10), map(26, 20), 32, false],
  ['full lanes, padded', conv(32, 3, { padding: 1 }), map(14, 16), map(14, 32), 32, false],
  ['1 × 1', conv(20, 1), map(12, 10), map(12, 20), 32, false],
  ['padded by more than keeps the size', conv(20, 3, { padding: 2 }), map(10, 10), map(12, 20), 32, false],
] as const)('batch inside, %s', (_name, layer, input, output, images, expected) => {
  expect(gainsFromBatchInside(convWindow(layer), input, output, images)).toBe(expected);
});
