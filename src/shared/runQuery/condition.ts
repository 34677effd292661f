/** A comparison of one field with one or several values: `accuracy > 98`, `status:finished,stopped`, `epochs:5..10`. */
import { nearest } from '../base/nearest.ts';
import { Problem } from '../base/problem.ts';
import { type NumberFieldName, type RunField, type TextFieldName, ruleOf, statusNames } from './fields.ts';
import type { NumberOperator, RunFilter } from './filter.ts';
import { readCount, readDate, readDuration, readFlag, readNumber, readShare } from './values.ts';
import { findStatus, presetsCalled } from './words.ts';

export type Operator = ':' | '!=' | NumberOperator;

export interface Word {
  readonly text: string;
  /** Position in the query, including quotes. */
  readonly at: number;
  readonly length: number;
  readonly quoted: boolean;
}

/** If there are several values, one of them must match; with `!=`, none may. Only `:`, `=` and `!=` take several values. */
export function condition(
  field: RunField,
  operator: Operator,
  values: readonly Word[],
  now: Date,
): RunFilter {
  if (operator === '!=') return { kind: 'not', part: condition(field, '=', values, now) };
  if (values.length > 1 && operator !== ':' && operator !== '=')
    throw noOperator(field, operator, values[1]!);
  const parts = values.map((value) => one(field, operator, value, now));
  return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
}

function one(field: RunField, operator: Exclude<Operator, '!='>, word: Word, now: Date): RunFilter {
  const rule = ruleOf(field);
  const equal = operator === ':' || operator === '=';
  if (rule.none && equal && !word.quoted && ['none', '无'].includes(word.text.toLowerCase())) {
    return { kind: 'none', field };
  }
  switch (rule.kind) {
    case 'date':
      return date(operator, word, now);
    case 'flag': {
      if (!equal) throw noOperator(field, operator, word);
      const value = readFlag(word.text);
      if (value === null)
        throw wrong('query.flag', word, `is neither yes nor no, which ${field} takes`, field);
      return { kind: 'flag', field: field as 'archived' | 'deleted', value };
    }
    case 'text':
    case 'word':
      if (!equal) throw noOperator(field, operator, word);
      return texts(
        field as TextFieldName,
        rule.kind === 'text' && operator === ':' ? 'has' : 'is',
        word.text,
      );
    case 'status':
      if (!equal) throw noOperator(field, operator, word);
      return { kind: 'text', field: 'status', how: 'is', text: status(word) };
    default:
      return number(field as NumberFieldName, operator, word);
  }
}

/** Names of runs and nets are also matched as displayed: a preset has a name in each language. */
function texts(field: TextFieldName, how: 'has' | 'is', text: string): RunFilter {
  const plain = { kind: 'text', field, how, text } as const;
  if (field !== 'name' && field !== 'net') return plain;
  const presets = presetsCalled(text, how);
  if (presets.length === 0) return plain;
  return {
    kind: 'or',
    parts: [plain, ...presets.map((name) => ({ kind: 'text', field, how: 'is', text: name }) as const)],
  };
}

/** Matches a single word in names, nets, notes and tags, as they are stored or displayed. */
export function bareWord(text: string): RunFilter {
  const plain = { kind: 'word', text } as const;
  const presets = presetsCalled(text, 'has');
  if (presets.length === 0) return plain;
  const called = (field: 'name' | 'net') =>
    presets.map((name) => ({ kind: 'text', field, how: 'is', text: name }) as const);
  return { kind: 'or', parts: [plain, ...called('name'), ...called('net')] };
}

function status(word: Word): string {
  const lower = word.text.toLowerCase();
  const known = findStatus(lower);
  if (known) return known;
  const suggestion = nearest(lower, statusNames);
  const all = statusNames.join(', ');
  throw new Problem(
    'query.status',
    `"${word.text}" is no status; one of ${all}` + (suggestion ? ` (did you mean "${suggestion}"?)` : ''),
    { ...place(word), statuses: all },
  );
}

function number(field: NumberFieldName, operator: ':' | NumberOperator, word: Word): RunFilter {
  const range = /^(.*?)\.\.(.*)$/.exec(word.text);
  if (range && (operator === ':' || operator === '=')) {
    const [, low = '', high = ''] = range;
    const parts: RunFilter[] = [];
    if (low !== '') parts.push({ kind: 'number', field, operator: '>=', value: read(field, word, low) });
    if (high !== '') parts.push({ kind: 'number', field, operator: '<=', value: read(field, word, high) });
    if (parts.length > 0) return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }
  const value = read(field, word, word.text);
  const step = writtenStep(field, word.text);
  if (step !== null && (operator === ':' || operator === '=')) {
    return {
      kind: 'and',
      parts: [
        { kind: 'number', field, operator: '>=', value: value - step / 2 },
        { kind: 'number', field, operator: '<', value: value + step / 2 },
      ],
    };
  }
  return { kind: 'number', field, operator: operator === ':' ? '=' : operator, value };
}

/**
 * Returns the precision of a number as written: measured values are displayed rounded, so the filter matches those that
 * read the same; the last written digit sets the precision, in percent for accuracies and in seconds for durations.
 * Returns null for chosen numbers, which are displayed unrounded.
 */
function writtenStep(field: NumberFieldName, text: string): number | null {
  if (!['accuracy', 'last', 'loss', 'time'].includes(field)) return null;
  if (field === 'time') return /^\d+(:\d{1,2})+$/.test(text) ? 1 : null;
  const digits = /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
  const share = field !== 'loss' && !/[%％]$/.test(text) && Number(text) <= 1;
  return 10 ** -digits * (share ? 100 : 1);
}

const readers = { number: readNumber, count: readCount, share: readShare, duration: readDuration } as const;

function read(field: NumberFieldName, word: Word, text: string): number {
  const { kind } = ruleOf(field);
  const value = readers[kind as keyof typeof readers](text);
  if (value !== null) return value;
  const code = kind === 'duration' ? 'query.duration' : 'query.number';
  throw wrong(code, word, `is no ${kind === 'duration' ? 'time' : 'number'}, which ${field} takes`, field);
}

function date(operator: ':' | NumberOperator, word: Word, now: Date): RunFilter {
  const stretch = readDate(word.text, now);
  if (!stretch) {
    throw new Problem(
      'query.date',
      `"${word.text}" is no date; write 2026-11-01, 2026-11, today, yesterday or 7d (seven days ago)`,
      place(word),
    );
  }
  const start = stretch.start.toISOString();
  const end = stretch.end.toISOString();
  const between = (from: string | null, to: string | null): RunFilter => ({
    kind: 'date',
    field: 'created',
    from,
    to,
  });
  switch (operator) {
    case '>':
      return between(end, null);
    case '>=':
      return between(start, null);
    case '<':
      return between(null, start);
    case '<=':
      return between(null, end);
    default:
      // Seven days ago is a moment, and the filter means everything since then.
      return between(start, start === end ? null : end);
  }
}

function noOperator(field: RunField, operator: Operator, word: Word): Problem {
  const { example } = ruleOf(field);
  return new Problem(
    'query.operator',
    `${field} cannot be asked with "${operator}" and "${word.text}"; write ${example}`,
    { ...place(word), field, operator, example },
  );
}

function wrong(code: string, word: Word, what: string, field: RunField): Problem {
  const { example } = ruleOf(field);
  return new Problem(code, `"${word.text}" ${what}, such as ${example}`, { ...place(word), field, example });
}

function place({ text, at, length }: Word) {
  return { word: text, at, length };
}
