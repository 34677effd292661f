/** What the window's table of runs shows, cell by cell and head by head, is what a filter understands. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runStatuses } from '../../src/shared/runs/runs.ts';
import { findField, runFieldNames } from '../../src/shared/runQuery/fields.ts';
import { parseRunQuery } from '../../src/shared/runQuery/parse.ts';
import { exampleOf, fieldWord, presetWords, statusWords } from '../../src/shared/runQuery/words.ts';
import { presets } from '../../src/shared/network/presets.ts';

const languages = ['en', 'zh-CN'] as const;
type Language = (typeof languages)[number];

const messages = (language: Language): Record<string, string> =>
  Object.assign(
    {},
    ...['common', 'runs'].map(
      (file) =>
        JSON.parse(
          readFileSync(new URL(`../../resources/messages/${language}/${file}.json`, import.meta.url), 'utf8'),
        ) as object,
    ),
  ) as Record<string, string>;

/** The message at the head of each column. */
const heads = {
  status: 'status',
  net: 'net',
  best_accuracy: 'accuracy',
  last_accuracy: 'last',
  test_loss: 'loss',
  epochs: 'epochs',
  time: 'time',
  runs_tags: 'tag',
  runs_note: 'note',
  parameters: 'parameters',
  seed: 'seed',
  optimizer: 'optimizer',
  setting_learning_rate: 'lr',
  setting_batch_size: 'batch',
  dataset: 'dataset',
  runs_sweep: 'sweep',
  runs_created: 'created',
  runs_name: 'name',
} as const;

describe.each(languages)('%s', (language) => {
  const words = messages(language);

  test('a column’s head is a name of its field', () => {
    const found = Object.keys(heads).map((key) => [key, findField(words[key]!)]);
    expect(found).toEqual(Object.entries(heads));
  });

  test('a status is called as its badge says', () => {
    for (const status of runStatuses) {
      expect(statusWords[status]![language]).toBe(words[`status_${status}`]);
      expect(parseRunQuery(`status:"${words[`status_${status}`]!}"`)).toMatchObject({ text: status });
    }
  });

  test('a preset is called as the window calls it', () => {
    // The others have one name in every language.
    const translated = presets
      .map(({ network }) => network.name)
      .concat('pasted')
      .filter((name) => `network_${name}` in words);
    expect(Object.keys(presetWords)).toEqual(translated);
    for (const [name, named] of Object.entries(presetWords))
      expect(named[language]).toBe(words[`network_${name}`]);
  });

  test('what is proposed can be read, and so can the sample filter', () => {
    for (const field of runFieldNames) {
      expect(findField(fieldWord(field, language))).toBe(field);
      expect(() => parseRunQuery(exampleOf(field, language)), exampleOf(field, language)).not.toThrow();
    }
    expect(() => parseRunQuery(words['runs_filter_placeholder']!)).not.toThrow();
  });
});
