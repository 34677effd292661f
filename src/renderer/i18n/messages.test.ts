/** Both languages have the same keys with the same parameters, and every problem of the program has a message. */
import { expect, test } from 'vitest';
import settings from '../../../project.inlang/settings.json';
import { calls, events } from '../../shared/api/api.ts';
import { exportFiles } from '../../shared/export/formats.ts';

const sources = import.meta.glob<string>(
  ['/src/**/*.{ts,svelte}', '!/src/**/*.test.ts', '!/src/renderer/paraglide/**'],
  {
    query: '?raw',
    import: 'default',
    eager: true,
  },
);

type Messages = Readonly<Record<string, unknown>>;
const files = import.meta.glob<Messages>('/resources/messages/*/*.json', { import: 'default', eager: true });

/**
 * Returns all messages of a language from all of its files; a key that two files define would silently be one of them.
 */
function messagesOf(language: string): Messages {
  const all: Record<string, unknown> = {};
  for (const [file, messages] of Object.entries(files)) {
    if (!file.includes(`/${language}/`)) continue;
    for (const [key, message] of Object.entries(messages)) {
      if (key === '$schema') continue;
      if (key in all) throw new Error(`${file}: "${key}" is in another file too`);
      all[key] = message;
    }
  }
  return all;
}

const english = messagesOf('en');
const chinese = messagesOf('zh-CN');

test('every file of messages is compiled', () => {
  const listed = settings['plugin.inlang.messageFormat'].pathPattern;
  const there = Object.keys(files).filter((file) => file.includes('/en/'));
  expect(listed.map((pattern) => pattern.replace('./', '/').replace('{locale}', 'en')).sort()).toEqual(
    there.sort(),
  );
});

const parameters = (message: unknown) =>
  [...new Set([...JSON.stringify(message).matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();

test('both languages have the same messages with the same parameters', () => {
  expect(Object.keys(chinese)).toEqual(Object.keys(english));
  for (const key of Object.keys(english))
    expect([key, parameters(chinese[key])]).toEqual([key, parameters(english[key])]);
});

test('no Chinese message was forgotten in English', () => {
  const same = Object.keys(english).filter(
    (key) => JSON.stringify(english[key]) === JSON.stringify(chinese[key]),
  );
  // The exceptions are a template without words, and a term that Chinese texts keep.
  expect(same.sort()).toEqual(['action_on_run', 'inspect_embedding_umap']);
});

/**
 * Finds the problem codes in the source. A code is a literal in the file that makes the `Problem`, though not always in
 * the constructor's own parentheses: every literal that looks like a code of a known kind, and is no name of a call, an
 * event or a file, counts.
 */
function problemCodes(): string[] {
  const texts = Object.values(sources).filter((text) => text.includes('new Problem('));
  const made = texts.flatMap((text) => [...text.matchAll(/new Problem\(\s*'([a-z]+)\./g)]);
  const kinds = new Set(made.map(([, kind]) => kind));
  const others = new Set<string>([
    ...Object.keys(calls),
    ...Object.keys(events),
    'history.sqlite',
    ...Object.values(exportFiles).flat(),
  ]);
  const literals = texts.flatMap((text) => [...text.matchAll(/'([a-z]+)(\.[a-z-]+)'/g)]);
  const codes = literals.filter(([, kind]) => kinds.has(kind)).map(([, kind, rest]) => `${kind}${rest}`);
  return ['internal', ...new Set(codes)].filter((code) => !others.has(code)).sort();
}

test('every problem has words in both languages, and no words are left over', () => {
  const codes = problemCodes();
  expect(codes.length).toBeGreaterThan(50);
  const spoken = Object.keys(english)
    .filter((key) => key.startsWith('problem.'))
    .map((key) => key.slice('problem.'.length));
  expect(spoken.sort()).toEqual(codes);
});
