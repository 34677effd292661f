import { describe, expect, test } from 'vitest';
import { parseNumber, readNumber, readNumbers } from './numberField.ts';

const rate = { whole: false, minimum: 0, maximum: 100, aboveMinimum: true };
const batch = { whole: true, minimum: 1, maximum: 60_000 };
const values = (text: string, rule: typeof rate | typeof batch) => readNumbers(text, rule).values;
const problem = (text: string, rule: typeof rate | typeof batch) => readNumbers(text, rule).problem?.kind;

test('takes numbers as people write them', () => {
  const rule = { whole: false, minimum: 0, maximum: 100 };
  const written = ['0.01', ' 1e-3 ', '.5', '7', '0,01', '０．０１', '０，０１', '1,000', '−0'];
  expect(written.map((text) => parseNumber(text, rule))).toEqual([
    0.01, 0.001, 0.5, 7, 0.01, 0.01, 0.01, 1, -0,
  ]);
  expect(['1,000', '60,000', '６４', '1e3'].map((text) => parseNumber(text, batch))).toEqual([
    1000, 60_000, 64, 1000,
  ]);
});

test('refuses what is no number or outside', () => {
  const rule = { whole: true, minimum: 1, maximum: 10 };
  for (const text of ['', ' ', 'ten', '0', '11', '1.5', 'NaN', 'Infinity', '1,5', '0x5', '1 2', '1,000']) {
    expect([text, parseNumber(text, rule)]).toEqual([text, null]);
  }
  expect(readNumber('ten', rule).problem).toEqual({ kind: 'notNumber', text: 'ten' });
  expect(readNumber('11', rule).problem).toEqual({ kind: 'rule', text: '11' });
  expect(readNumber('1, 2', rule).problem).toEqual({ kind: 'several' });
});

test('keeps open ends open', () => {
  const rule = { whole: false, minimum: 0, maximum: 1, aboveMinimum: true, belowMaximum: true };
  expect(['0', '0.5', '1'].map((text) => parseNumber(text, rule))).toEqual([null, 0.5, null]);
});

describe('several values', () => {
  test('lists', () => {
    expect(values('0.01, 0.1', rate)).toEqual([0.01, 0.1]);
    expect(values('0.01,0.1', rate)).toEqual([0.01, 0.1]);
    expect(values('0.01，0.1、1', rate)).toEqual([0.01, 0.1, 1]);
    expect(values('0.01; 0.1 1', rate)).toEqual([0.01, 0.1, 1]);
    expect(values('32,64', batch)).toEqual([32, 64]);
    expect(values('64,128', batch)).toEqual([64, 128]);
    expect(values('0,01; 0,1', rate)).toEqual([0.01, 0.1]);
  });

  test('ranges', () => {
    expect(values('1-4', batch)).toEqual([1, 2, 3, 4]);
    expect(values('16..64:4', batch)).toEqual([16, 32, 48, 64]);
    expect(values('16..128:4:log', batch)).toEqual([16, 32, 64, 128]);
    expect(values('0.001 .. 0.1 : 3 : log', rate)).toEqual([0.001, 0.01, 0.1]);
    expect(values('1e-4..1e-2:3:log, 0.5', rate)).toEqual([0.0001, 0.001, 0.01, 0.5]);
  });

  test('what may be one number or several is not guessed', () => {
    expect(readNumbers('16,128', batch).problem).toEqual({
      kind: 'ambiguous',
      text: '16,128',
      readings: ['16128', '16, 128'],
    });
    expect(readNumbers('1,5', rate).problem).toMatchObject({ kind: 'ambiguous', readings: ['1.5', '1, 5'] });
    expect(values('1,024', batch)).toEqual([1024]);
  });

  test('says which rule is broken', () => {
    expect(problem('', rate)).toBe('empty');
    expect(problem('0.1, x', rate)).toBe('notNumber');
    expect(problem('0.1, 200', rate)).toBe('rule');
    expect(problem('0.1, 0.10', rate)).toBe('twice');
    expect(problem('0.1..0.01:3', rate)).toBe('order');
    expect(problem('0.01..0.1', rate)).toBe('steps');
    expect(problem('1-1000', batch)).toBe('tooMany');
    expect(problem('0..1:3:log', { ...rate, aboveMinimum: false })).toBe('notNumber');
  });
});
