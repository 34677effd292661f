import { expect, test } from 'vitest';
import { csvOf, markdownOf } from './tables.ts';

const table = {
  name: 'x',
  numbersFrom: 1,
  head: ['run', 'p'],
  rows: [
    ['a, "b"', '< 0.0001'],
    ['=SUM(A1)', '+1.73'],
    ['a|b\nc', '−0.2'],
  ],
};

test('CSV: quoted where it has to be, and no text is a formula', () => {
  expect(csvOf(table)).toBe('run,p\r\n"a, ""b""",< 0.0001\r\n\'=SUM(A1),+1.73\r\n"a|b\nc",−0.2\r\n');
});

test('Markdown: numbers from the right, bars escaped', () => {
  expect(markdownOf(table)).toBe(
    '| run | p |\n| --- | ---: |\n| a, "b" | < 0.0001 |\n| =SUM(A1) | +1.73 |\n| a\\|b c | −0.2 |\n',
  );
});
