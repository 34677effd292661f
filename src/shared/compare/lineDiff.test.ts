import { expect, test } from 'vitest';
import { diffLines } from './lineDiff.ts';

test('what is in one text alone is marked, the rest stays in order', () => {
  expect(diffLines('a\nb\nc', 'a\nx\nc\nd').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'same a',
    'onlyA b',
    'onlyB x',
    'same c',
    'onlyB d',
  ]);
  expect(diffLines('a', 'a')).toEqual([{ kind: 'same', text: 'a' }]);
});
