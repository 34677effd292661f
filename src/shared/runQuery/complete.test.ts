import { expect, test } from 'vitest';
import { type Completions, completeRunQuery, quoted } from './complete.ts';
import { parseRunQuery } from './parse.ts';

const known = { tags: ['homework', 'try again', 'none'], nets: ['course', 'homework'], datasets: ['mnist'] };
const at = (text: string, cursor = text.length): Completions => completeRunQuery(text, cursor, known);
const labels = (text: string) => at(text).options.map(({ label }) => label);

test('fields, by their start or an alias’s', () => {
  expect(labels('')).toContain('accuracy');
  expect(labels('x acc')).toEqual(['accuracy']);
  expect(labels('-ta')).toEqual(['tag']);
  expect(labels('(准')).toEqual(['accuracy']);
  expect(at('x acc')).toMatchObject({ from: 2, to: 5 });
});

test('values of a field, quoted where they must be', () => {
  expect(labels('net:co')).toEqual(['course']);
  expect(labels('status = fin')).toEqual(['finished']);
  expect(labels('tag:homework,')).toEqual(['homework', '"try again"', '"none"', 'none']);
  expect(labels('tag:"try')).toEqual(['"try again"']);
  expect(labels('optimizer:ADA')).toEqual(['adam', 'adamW', 'adagrad']);
});

test('the rest of the word under the cursor is taken too', () => {
  expect(at('status:finx and', 9)).toMatchObject({ from: 7, to: 11 });
});

test('nothing within a text, or after a field that is none', () => {
  expect(labels('"acc')).toEqual([]);
  expect(labels('colour:')).toEqual([]);
  expect(labels('accuracy > 98')).toEqual([]);
});

test('what is put in can be read', () => {
  for (const tag of ['a b', 'or', 'none', '-x', 'a>b', 'plain', '(x)']) {
    expect(parseRunQuery(`tag:${quoted(tag)}`)).toEqual({ kind: 'text', field: 'tag', how: 'is', text: tag });
  }
});
