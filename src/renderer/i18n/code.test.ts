/** Every finding of the lint, and of the reader of pasted code, has a message. */
import { expect, test } from 'vitest';
import { lintCodes } from '../../shared/lint/lint.ts';
import { m } from '../paraglide/messages.js';
import { lintText, pasteText } from './code.ts';

const sources = import.meta.glob<string>(['/src/shared/code/**/*.ts', '!/src/shared/code/**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

test('every code of the lint has what and why', () => {
  for (const code of lintCodes) {
    expect(Object.keys(m)).toContain(`lint.${code}`);
    expect(Object.keys(m)).toContain(`lint.${code}.why`);
  }
  const spoken = Object.keys(m).filter((key) => key.startsWith('lint.') && !key.endsWith('.why'));
  expect(spoken.sort()).toEqual(lintCodes.map((code) => `lint.${code}`).sort());
});

test('every finding in pasted code has words, and no words are left over', () => {
  const made = Object.values(sources).flatMap((text) => [
    ...[
      ...text.matchAll(
        /\.add\(\s*'(?:error|mistake|warning|note)',\s*(?:\w+ \? )?'([a-z-]+)'(?: : '([a-z-]+)')?/g,
      ),
    ].flatMap(([, ...codes]) => codes.filter((code) => code !== undefined)),
    ...[...text.matchAll(/new NotUnderstood\('([a-z-]+)'/g)].map(([, code]) => code as string),
    ...[...text.matchAll(/code: '([a-z]+-[a-z-]+)'/g)].map(([, code]) => code as string),
  ]);
  const spoken = Object.keys(m).filter((key) => key.startsWith('paste.'));
  expect(spoken.sort()).toEqual([...new Set(made)].map((code) => `paste.${code}`).sort());
});

test('names of functions are people’s', () => {
  const { what, why } = lintText({
    code: 'activation-before-pool',
    severity: 'hint',
    positions: [1, 2],
    parameters: { function: 'relu', times: 4 },
  });
  expect(what).toBe('ReLU before the max-pool');
  expect(why).toContain('4 times fewer');
  const finding = {
    severity: 'error',
    cell: null,
    line: 3,
    text: '',
    parameters: { what: 'torch.cat' },
  } as const;
  expect(pasteText({ ...finding, code: 'operation-unknown' })).toContain('torch.cat');
});
