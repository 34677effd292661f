import { describe, expect, test } from 'vitest';
import { Problem } from '../base/problem.ts';
import { runFieldNames, ruleOf } from './fields.ts';
import { mentions } from './filter.ts';
import { longestQuery, parseRunQuery } from './parse.ts';

/** The time is noon of a day in the middle of a month, by this machine's clock. */
const now = new Date(2026, 10, 25, 12);
const parse = (text: string) => parseRunQuery(text, now);
const word = (text: string) => ({ kind: 'word', text });
const iso = (year: number, month: number, day: number, hour = 0) =>
  new Date(year, month - 1, day, hour).toISOString();

function problem(text: string): Problem {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error(`"${text}" was understood`);
}

describe('what is understood', () => {
  test('nothing is every run', () => {
    expect(parse('')).toEqual({ kind: 'and', parts: [] });
    expect(parse('  \n ')).toEqual({ kind: 'and', parts: [] });
  });

  test('words and fields side by side', () => {
    expect(parse('accuracy > 98 net:course tag:homework')).toEqual({
      kind: 'and',
      parts: [
        { kind: 'number', field: 'accuracy', operator: '>', value: 98 },
        { kind: 'text', field: 'net', how: 'has', text: 'course' },
        { kind: 'text', field: 'tag', how: 'is', text: 'homework' },
      ],
    });
  });

  test('or binds less than and; parentheses and negation', () => {
    expect(parse('a or b c')).toEqual({
      kind: 'or',
      parts: [word('a'), { kind: 'and', parts: [word('b'), word('c')] }],
    });
    expect(parse('(a OR b) and -c')).toEqual({
      kind: 'and',
      parts: [
        { kind: 'or', parts: [word('a'), word('b')] },
        { kind: 'not', part: word('c') },
      ],
    });
    expect(parse('not (a b)')).toEqual({
      kind: 'not',
      part: { kind: 'and', parts: [word('a'), word('b')] },
    });
  });

  test('quotes keep spaces, operators and words of the language', () => {
    expect(parse('"a > b"')).toEqual(word('a > b'));
    expect(parse('"or"')).toEqual(word('or'));
    expect(parse('tag:"a b",c')).toEqual({
      kind: 'or',
      parts: [
        { kind: 'text', field: 'tag', how: 'is', text: 'a b' },
        { kind: 'text', field: 'tag', how: 'is', text: 'c' },
      ],
    });
  });

  test('what looks like a word of the language within a word is one of the word', () => {
    expect(parse('order a-b x!y')).toEqual({ kind: 'and', parts: [word('order'), word('a-b'), word('x!y')] });
  });

  test('both ways to write a comparison, with and without spaces, and Chinese signs', () => {
    const expected = { kind: 'number', field: 'accuracy', operator: '>=', value: 98 };
    for (const text of [
      'accuracy>=98',
      'accuracy >= 98',
      'accuracy:>=98',
      'accuracy ≥ 98',
      '准确率≥98',
      'best>=98%',
    ]) {
      expect(parse(text), text).toEqual(expected);
    }
    expect(parse('（网络：course）')).toEqual({ kind: 'text', field: 'net', how: 'has', text: 'course' });
  });

  test('values with units', () => {
    const value = (text: string) => (parse(text) as { value: number }).value;
    expect(value('accuracy > 0.9712')).toBe(97.12);
    expect(value('accuracy > 97.12')).toBe(97.12);
    expect(value('accuracy > 0.5%')).toBe(0.5);
    expect(value('parameters < 10k')).toBe(10_000);
    expect(value('parameters < 1.5M')).toBe(1_500_000);
    expect(value('lr = 1e-3')).toBe(0.001);
    expect(value('time < 2m')).toBe(120);
    expect(value('time < 1:30')).toBe(90);
    expect(value('time < 1:00:01')).toBe(3601);
    expect(value('#12')).toBe(12);
  });

  test('ranges, lists, and not equal', () => {
    expect(parse('epochs:5..10')).toEqual({
      kind: 'and',
      parts: [
        { kind: 'number', field: 'epochs', operator: '>=', value: 5 },
        { kind: 'number', field: 'epochs', operator: '<=', value: 10 },
      ],
    });
    expect(parse('epochs:5..')).toEqual({ kind: 'number', field: 'epochs', operator: '>=', value: 5 });
    expect(parse('seed != 1')).toEqual({
      kind: 'not',
      part: { kind: 'number', field: 'seed', operator: '=', value: 1 },
    });
  });

  test('dates are whole days, months and years of this machine’s clock', () => {
    const date = (from: string | null, to: string | null) => ({ kind: 'date', field: 'created', from, to });
    expect(parse('created:today')).toEqual(date(iso(2026, 11, 25), iso(2026, 11, 26)));
    expect(parse('created:昨天')).toEqual(date(iso(2026, 11, 24), iso(2026, 11, 25)));
    expect(parse('created > 2026-11-01')).toEqual(date(iso(2026, 11, 2), null));
    expect(parse('created >= 2026-11-01')).toEqual(date(iso(2026, 11, 1), null));
    expect(parse('created < 2026-11')).toEqual(date(null, iso(2026, 11, 1)));
    expect(parse('created <= 2026')).toEqual(date(null, iso(2027, 1, 1)));
    expect(parse('created:7d')).toEqual(date(iso(2026, 11, 18, 12), null));
  });

  test('none, where there may be none', () => {
    expect(parse('tag:none')).toEqual({ kind: 'none', field: 'tag' });
    expect(parse('tag:"none"')).toEqual({ kind: 'text', field: 'tag', how: 'is', text: 'none' });
    expect(parse('name:none')).toEqual({ kind: 'text', field: 'name', how: 'has', text: 'none' });
  });

  test('whether a filter speaks of archived runs', () => {
    expect(mentions(parse('a (b or -archived:yes)'), 'archived')).toBe(true);
    expect(mentions(parse('archived net:archived'), 'archived')).toBe(false);
  });

  test('every field’s example', () => {
    for (const field of runFieldNames) {
      expect(JSON.stringify(parse(ruleOf(field).example)), field).toContain(`"field":"${field}"`);
    }
  });

  test('as many words as fit', () => {
    expect(parse('a '.repeat(longestQuery / 2))).toMatchObject({ kind: 'and' });
  });
});

describe('what the table shows, in both languages', () => {
  const preset = (field: 'name' | 'net', name: string) => ({ kind: 'text', field, how: 'is', text: name });

  test('a preset by its name in either language, in a field or alone', () => {
    for (const text of ['net:"Course net"', 'net:"course NET"', '网络:课程网络', '网络：课程']) {
      const filter = parse(text) as unknown as { parts: unknown[] };
      expect(filter.parts, text).toContainEqual(preset('net', 'course'));
      expect(filter.parts, text).not.toContainEqual(preset('net', 'homework'));
    }
    expect(parse('name = "Course net"')).toMatchObject({ kind: 'or' });
    const bare = parse('课程') as unknown as { parts: unknown[] };
    expect(bare.parts).toEqual([word('课程'), preset('name', 'course'), preset('net', 'course')]);
    // A name that contains the word matches by itself, and is tested once.
    expect(parse('course')).toEqual(word('course'));
    expect(parse('course net')).toMatchObject({ kind: 'and', parts: [word('course'), { kind: 'or' }] });
  });

  test.each([
    ['状态:已停止', { kind: 'text', field: 'status', how: 'is', text: 'stopped' }],
    ['status:Training', { kind: 'text', field: 'status', how: 'is', text: 'running' }],
    ['Status: queued', { kind: 'text', field: 'status', how: 'is', text: 'queued' }],
    ['Best accuracy > 98.12%', { kind: 'number', field: 'accuracy', operator: '>', value: 98.12 }],
    ['最佳准确率>98', { kind: 'number', field: 'accuracy', operator: '>', value: 98 }],
    ['learning rate: 0.01', { kind: 'number', field: 'lr', operator: '=', value: 0.01 }],
    ['批大小：６４', { kind: 'number', field: 'batch', operator: '=', value: 64 }],
    ['epochs:"2 of 10"', { kind: 'number', field: 'epochs', operator: '=', value: 2 }],
    ['轮数:"2 / 10 轮"', { kind: 'number', field: 'epochs', operator: '=', value: 2 }],
    ['parameters:"8,490"', { kind: 'number', field: 'parameters', operator: '=', value: 8490 }],
    ['创建时间:今天', { kind: 'date', field: 'created', from: iso(2026, 11, 25), to: iso(2026, 11, 26) }],
    ['created:"Nov 24"', { kind: 'date', field: 'created', from: iso(2026, 11, 24), to: iso(2026, 11, 25) }],
    ['创建时间:11月24日', { kind: 'date', field: 'created', from: iso(2026, 11, 24), to: iso(2026, 11, 25) }],
  ])('%s', (text, filter) => {
    expect(parse(text)).toEqual(filter);
  });

  test.each([
    ['loss:0.1736', 0.17355, 0.17365],
    ['最佳准确率:98.12%', 98.115, 98.125],
    ['last = 0.98', 97.5, 98.5],
    ['time:1:05', 64.5, 65.5],
  ])('%s is what is rounded to that', (text, from, to) => {
    const { parts } = parse(text) as unknown as { parts: { operator: string; value: number }[] };
    expect(parts.map(({ operator }) => operator)).toEqual(['>=', '<']);
    expect(parts[0]!.value).toBeCloseTo(from, 9);
    expect(parts[1]!.value).toBeCloseTo(to, 9);
  });

  test('a minute, as the cell has it', () => {
    for (const text of ['created:"Nov 24, 2:05 PM"', '创建时间:"11月24日 14:05"']) {
      const { from, to } = parse(text) as unknown as { from: string; to: string };
      expect(Date.parse(to) - Date.parse(from)).toBe(60_000);
      expect(new Date(from)).toEqual(new Date(2026, 10, 24, 14, 5));
    }
    expect(problem('created:"Feb 31"').code).toBe('query.date');
  });

  test('or, and, not', () => {
    expect(parse('a 或 b')).toEqual({ kind: 'or', parts: [word('a'), word('b')] });
    expect(parse('a 且 非 b')).toEqual({ kind: 'and', parts: [word('a'), { kind: 'not', part: word('b') }] });
  });
});

describe('what is not understood is named', () => {
  test.each([
    ['acuracy > 98', 'query.misspelt-field', 'acuracy', { suggestion: 'accuracy' }],
    ['x colour:red', 'query.unknown-field', 'colour', {}],
    ['accuracy > high', 'query.number', 'high', { example: 'accuracy > 98' }],
    ['time < long', 'query.duration', 'long', {}],
    ['status:finshed', 'query.status', 'finshed', {}],
    ['created > 2026-13-01', 'query.date', '2026-13-01', {}],
    ['created > 2026-11-31', 'query.date', '2026-11-31', {}],
    ['archived:maybe', 'query.flag', 'maybe', {}],
    ['name > 3', 'query.operator', '3', { example: 'name:baseline' }],
    ['accuracy > 3,4', 'query.operator', '4', {}],
    ['a accuracy >', 'query.value-missing', 'accuracy >', {}],
    ['(a or b', 'query.bracket-open', '(', {}],
    ['a )', 'query.bracket-close', ')', {}],
    [')(', 'query.bracket-close', ')', {}],
    ['a ()', 'query.empty-brackets', '()', {}],
    ['a or', 'query.hanging', 'or', {}],
    ['or a', 'query.hanging', 'or', {}],
    ['a and', 'query.hanging', 'and', {}],
    ['a -', 'query.hanging', '-', {}],
    ['a "b', 'query.quote', '"', {}],
    ['('.repeat(60), 'query.too-deep', '(', {}],
  ])('%s', (text, code, named, parameters) => {
    const found = problem(text);
    expect(found.code).toBe(code);
    expect(found.parameters).toMatchObject(parameters);
    const { at, length } = found.parameters as { at: number; length: number };
    expect(text.slice(at, at + length)).toBe(named);
  });

  test('a text that is too long', () => {
    expect(problem('a'.repeat(longestQuery + 1)).code).toBe('query.too-long');
  });

  test('whatever is typed, nothing but a problem is thrown, and its place lies in the text', () => {
    const pieces = [
      ...'() ":=<>!,-#%.、：＞“” 09az',
      'or',
      'and',
      'not',
      'none',
      'accuracy',
      'tag',
      'created',
      '2026-11',
      '98',
      '1e9',
      '..',
      '>=',
      '😀',
      '准确率',
    ];
    let state = 1;
    const next = (below: number) => (state = (Math.imul(state, 48_271) >>> 0) % 2_147_483_647) % below;
    for (let i = 0; i < 20_000; i++) {
      const text = Array.from({ length: next(14) }, () => pieces[next(pieces.length)]).join(
        next(2) ? ' ' : '',
      );
      try {
        parse(text);
      } catch (error) {
        if (!(error instanceof Problem)) throw new Error(`"${text}"`, { cause: error });
        const { at, length } = error.parameters as { at: number; length: number };
        if (at < 0 || length < 1 || at + length > text.length + 1)
          throw new Error(`"${text}": ${at}, ${length}`, { cause: error });
      }
    }
  });
});
