import { afterAll, beforeEach, expect, test } from 'vitest';
import { findPreset } from '../../shared/network/presets.ts';
import { walkNetwork } from '../../shared/network/shapes.ts';
import { overwriteGetLocale } from '../paraglide/runtime.js';
import { problemText } from './problems.ts';

let locale: 'en' | 'zh-CN' = 'en';
overwriteGetLocale(() => locale);
beforeEach(() => (locale = 'en'));
afterAll(() => overwriteGetLocale(() => 'en'));

test('a problem of a layer names the layer and what would fit, in both languages', () => {
  const { network } = findPreset('course')!;
  const layers = [...network.layers];
  layers[3] = { type: 'conv2d', filters: 20, kernelSize: 15 };
  const problem = walkNetwork({ ...network, layers }).problem!.problem.toRecord();
  expect(problemText(problem)).toBe(
    'Layer 4 (Convolution): Kernel 15 does not fit the 12×12 map from layer 3. Use kernel ≤ 12 or padding ≥ 2.',
  );
  locale = 'zh-CN';
  expect(problemText(problem)).toContain('第 4 层（卷积）：核大小 15 超出了第 3 层输出的 12×12 特征图');
});

test('an unknown code, or a parameter that is not there, leaves the message as it came', () => {
  const message = 'the English words';
  expect(problemText({ code: 'not.known-here', message, parameters: {} })).toBe(message);
  expect(problemText({ code: 'run.unknown', message, parameters: {} })).toBe(message);
});

test('a programmer’s error keeps its own words', () => {
  locale = 'zh-CN';
  expect(problemText({ code: 'internal', message: 'x is undefined', parameters: {} })).toContain(
    'x is undefined',
  );
});

test('a problem that is another one’s cause is said in the reader’s language, too', () => {
  locale = 'zh-CN';
  const parameters = {
    combination: 'batch=0',
    cause: 'sweep.invalid',
    rule: 'least',
    key: 'batchSize',
    minimum: 1,
  };
  const detail = 'batch size must be at least 1';
  expect(
    problemText({ code: 'sweep.combination', message: detail, parameters: { ...parameters, detail } }),
  ).toBe('组合“batch=0”无法训练：这组设置无效：批大小不能小于 1');
});

test('one of something is not several, and a background is a word of the reader’s language', () => {
  const transparent = (count: number) =>
    problemText({
      code: 'dataset.note-transparent',
      message: '',
      parameters: { count, background: 'black' },
    });
  expect(transparent(1)).toBe('1 picture has transparent parts and was placed on a black background.');
  expect(transparent(2)).toContain('2 pictures have');
  locale = 'zh-CN';
  expect(transparent(1)).toContain('黑色背景');
});
