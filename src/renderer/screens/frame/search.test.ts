import { expect, test } from 'vitest';
import { search } from './search.ts';

const all = [
  { text: 'Train the course net' },
  { text: 'Go to Runs' },
  { text: 'Course net #12', keywords: 'finished' },
  { text: 'Use the dark theme', keywords: 'appearance colours' },
  { text: '前往设置' },
];
const found = (query: string) => search(query, all).map(({ text }) => text);

test.each([
  ['', all.map(({ text }) => text)],
  ['course', ['Course net #12', 'Train the course net']],
  ['net course', ['Course net #12', 'Train the course net']],
  ['12', ['Course net #12']],
  ['appear', ['Use the dark theme']],
  ['finished', ['Course net #12']],
  ['drk', ['Use the dark theme']],
  ['设置', ['前往设置']],
  ['nothing like it', []],
  // The letters occur in this order in “Use the dark theme”, but within none of its words.
  ['seed', []],
  ['ute', []],
])('%s', (query, expected) => {
  expect(found(query)).toEqual(expected);
});
