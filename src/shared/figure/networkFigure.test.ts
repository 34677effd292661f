import { expect, test } from 'vitest';
import type { Layer } from '../layers/index.ts';
import type { Network } from '../network/network.ts';
import { findPreset, presets } from '../network/presets.ts';
import { figureStyles, networkFigure } from './networkFigure.ts';
import { languages } from '../base/languages.ts';

const all = figureStyles.flatMap((style) => languages.map((language) => [style, language] as const));

test.each(all)('%s, %s: every preset is one whole picture of finite numbers', (style, language) => {
  for (const { network } of presets) {
    const svg = networkFigure(network, style, language);
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"[\s\S]*<\/svg>\n$/);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg).toContain(`<title>${network.name}</title>`);
  }
});

test('shapes, kernels and sizes of the course’s net stand in both', () => {
  const { network } = findPreset('course')!;
  const paper = networkFigure(network, 'paper', 'en');
  for (const words of ['1@28×28', '10@24×24', '20@4×4', '>320<', 'conv 5×5', 'max pool 2×2', 'ReLU'])
    expect(paper).toContain(words);
  const diagram = networkFigure(network, 'diagram', 'zh-CN');
  for (const words of ['1×28×28', '10×24×24', '卷积 5×5', '全连接']) expect(diagram).toContain(words);
});

test('nothing lies outside of the paper, and a disabled layer is not drawn', () => {
  const network: Network = {
    name: 'a < b & "c"',
    input: { height: 9, width: 40, channels: 3 },
    layers: [
      { type: 'conv2d', filters: 512, kernelSize: [9, 1], dilation: 1 },
      { type: 'dropout', p: 0.4, disabled: true },
      { type: 'flatten' },
      { type: 'linear', units: 10 },
    ] satisfies Layer[],
  };
  const svg = networkFigure(network, 'paper', 'en');
  expect(svg).toContain('<title>a &lt; b &amp; &quot;c&quot;</title>');
  expect(svg).not.toContain('dropout');
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!.map(Number);
  for (const [, x, y] of svg.matchAll(/<(?:rect|text) x="([\d.-]+)" y="([\d.-]+)"/g)) {
    expect(Number(x)).toBeGreaterThanOrEqual(0);
    expect(Number(x)).toBeLessThanOrEqual(width!);
    expect(Number(y)).toBeGreaterThanOrEqual(0);
    expect(Number(y)).toBeLessThanOrEqual(height!);
  }
});

test('a net whose layers do not fit each other has no picture', () => {
  const { network } = findPreset('course')!;
  const broken = { ...network, layers: [{ type: 'conv2d', filters: 4, kernelSize: 40 } as const] };
  expect(() => networkFigure(broken, 'diagram', 'en')).toThrow(/40/);
});
