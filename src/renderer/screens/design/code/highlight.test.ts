import { expect, test } from 'vitest';
import { toPyTorch } from '../../../../shared/code/pytorch.ts';
import { toTensorFlowJs } from '../../../../shared/code/tfjs.ts';
import { presets } from '../../../../shared/network/presets.ts';
import { codeLines } from './highlight.ts';

const [course] = presets;

test('nothing is lost, and every line has a key of its own', () => {
  for (const [code, language] of [
    [toPyTorch(course!.network), 'python'],
    [toTensorFlowJs(course!.network), 'javascript'],
  ] as const) {
    const lines = codeLines(code, language);
    expect(lines.map(({ parts }) => parts.map(({ text }) => text).join('')).join('\n')).toBe(code.trimEnd());
    expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length);
  }
});

test('parts have kinds', () => {
  expect(
    codeLines('def f(x):  # one\n    return "a" + 2\n', 'python').map(({ parts }) => parts),
  ).toMatchObject([
    [{ text: 'def', kind: 'keyword' }, { text: ' ' }, { text: 'f' }, {}, { text: '# one', kind: 'comment' }],
    [
      { text: '    ' },
      { text: 'return', kind: 'keyword' },
      {},
      { text: '"a"', kind: 'string' },
      {},
      { kind: 'number' },
    ],
  ]);
});
