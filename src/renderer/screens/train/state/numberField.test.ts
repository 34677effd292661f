import { expect, test } from 'vitest';
import { parseNumber } from './numberField.ts';

test('takes numbers as people write them', () => {
  const rule = { whole: false, minimum: 0, maximum: 100 };
  expect(['0.01', ' 1e-3 ', '.5', '7'].map((text) => parseNumber(text, rule))).toEqual([0.01, 0.001, 0.5, 7]);
});

test('refuses what is no number or outside', () => {
  const rule = { whole: true, minimum: 1, maximum: 10 };
  for (const text of ['', ' ', 'ten', '0', '11', '1.5', 'NaN', 'Infinity', '1,5']) {
    expect([text, parseNumber(text, rule)]).toEqual([text, null]);
  }
});

test('keeps open ends open', () => {
  const rule = { whole: false, minimum: 0, maximum: 1, aboveMinimum: true, belowMaximum: true };
  expect(['0', '0.5', '1'].map((text) => parseNumber(text, rule))).toEqual([null, 0.5, null]);
});
