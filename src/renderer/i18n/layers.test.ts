import { afterAll, expect, test } from 'vitest';
import { presets } from '../../shared/network/presets.ts';
import { overwriteGetLocale } from '../paraglide/runtime.js';
import { describeLayer, layerNumber } from './layers.ts';

let locale: 'en' | 'zh-CN' = 'en';
overwriteGetLocale(() => locale);
afterAll(() => overwriteGetLocale(() => 'en'));

test('a layer in a few words, in both languages', () => {
  const [, homework] = presets;
  expect(homework!.network.layers.slice(2, 5).map(describeLayer)).toEqual([
    'ReLU',
    'Convolution 3×3, padding 1',
    'Max pooling 2×2',
  ]);
  locale = 'zh-CN';
  expect(homework!.network.layers.slice(2, 5).map(describeLayer)).toEqual([
    'ReLU',
    '卷积 3×3，填充 1',
    '最大池化 2×2',
  ]);
});

test('a layer’s number is the one that Design shows, within a block too', () => {
  locale = 'en';
  expect(['0', '3.layers.0', '3.layers.1.layers.0', '3.layers.1.shortcut'].map(layerNumber)).toEqual([
    '1',
    '4.1',
    '4.2.1',
    '4.2 shortcut',
  ]);
});
