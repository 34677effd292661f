/**
 * The notation of a number field: a number as people of many countries write it and, where a sweep can be made of it, a
 * list (`0.01, 0.1`) or a range (`0.001..0.1:3:log`, as in the terminal).
 */
import { choicesOf } from '../../../shared/sweeps/sweepAxes.ts';

export interface NumberRule {
  readonly whole: boolean;
  readonly minimum: number;
  readonly maximum: number;
  /** The minimum or the maximum itself is not allowed. */
  readonly aboveMinimum?: boolean;
  readonly belowMaximum?: boolean;
}

/** The problem with a text; `text` is the affected part of it. */
export type NumberProblem =
  | { readonly kind: 'empty' }
  | { readonly kind: 'notNumber'; readonly text: string }
  /** The text is a number, but the rule does not allow it. */
  | { readonly kind: 'rule'; readonly text: string }
  /** `1,5` may be one number or two. */
  | { readonly kind: 'ambiguous'; readonly text: string; readonly readings: readonly string[] }
  | { readonly kind: 'order'; readonly text: string }
  /** The range lacks a number of values of at least 2. */
  | { readonly kind: 'steps'; readonly text: string }
  | { readonly kind: 'twice'; readonly text: string }
  | { readonly kind: 'several' }
  | { readonly kind: 'tooMany'; readonly most: number };

export type NumberReading =
  | { readonly values: readonly number[]; readonly text: string; readonly problem: null }
  | { readonly values: null; readonly problem: NumberProblem };

export const mostValues = 64;

const wrong = (problem: NumberProblem): NumberReading => ({ values: null, problem });

/**
 * Returns the number, or null if the text is none, is several, or breaks the rule. `1e-3` is a number; the empty text
 * is not.
 */
export function parseNumber(text: string, rule: NumberRule): number | null {
  const { values } = readNumber(text, rule);
  return values?.[0] ?? null;
}

/** Reads a text that must be one number. */
export function readNumber(text: string, rule: NumberRule): NumberReading {
  const token = plain(text);
  if (token === '') return wrong({ kind: 'empty' });
  if (/[\s;]/.test(token)) return wrong({ kind: 'several' });
  const read = readToken(token, rule, false);
  return read.values && read.values.length > 1 ? wrong({ kind: 'several' }) : read;
}

/** Reads a text that may be one number, several, or a range. */
export function readNumbers(text: string, rule: NumberRule): NumberReading {
  const tokens = plain(text)
    .replace(/\s*(\.\.|:)\s*/g, '$1')
    .split(/\s*;\s*|,?\s+|,$/)
    .filter(Boolean);
  if (tokens.length === 0) return wrong({ kind: 'empty' });
  const values: number[] = [];
  const written: string[] = [];
  for (const token of tokens) {
    const read = readToken(token, rule, true);
    if (read.values === null) return read;
    const twice = read.values.find((value) => values.includes(value));
    if (twice !== undefined) return wrong({ kind: 'twice', text: String(twice) });
    values.push(...read.values);
    written.push(read.text);
  }
  if (values.length > mostValues) return wrong({ kind: 'tooMany', most: mostValues });
  return { values, text: written.join(', '), problem: null };
}

/** Replaces full-width digits and signs by plain ones, and unambiguous separators by a semicolon. */
function plain(text: string): string {
  return text
    .replace(/[、；]/g, ';')
    .normalize('NFKC')
    .replace(/[\u2212\u2012\u2013]/g, '-')
    .replace(/…/g, '..')
    .trim();
}

function readToken(token: string, rule: NumberRule, several: boolean): NumberReading {
  if (several && (token.includes('..') || (rule.whole && /^\d+-\d+(:|$)/.test(token)))) {
    return readRange(token, rule);
  }
  return token.includes(',') ? readCommas(token, rule, several) : readPlain(token, rule);
}

function readPlain(token: string, rule: NumberRule): NumberReading {
  const value = Number(token);
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(token) || !Number.isFinite(value)) {
    return wrong({ kind: 'notNumber', text: token });
  }
  if (!allowed(value, rule)) return wrong({ kind: 'rule', text: token });
  return { values: [value], text: String(value), problem: null };
}

function allowed(value: number, rule: NumberRule): boolean {
  if (rule.whole && !Number.isSafeInteger(value)) return false;
  if (rule.aboveMinimum ? value <= rule.minimum : value < rule.minimum) return false;
  return rule.belowMaximum ? value < rule.maximum : value <= rule.maximum;
}

/**
 * Reads a comma within a number, which separates decimals (0,01), thousands (1,000) or values (32,64). Only readings
 * that the rule allows count; if more than one remains, the text is ambiguous.
 */
function readCommas(token: string, rule: NumberRule, several: boolean): NumberReading {
  const parts = token.split(',');
  const readings: { readonly values: readonly number[]; readonly text: string }[] = [];
  const consider = (texts: readonly string[]) => {
    const read = texts.map((text) => readPlain(text, rule));
    const values = read.flatMap((each) => each.values ?? []);
    if (values.length < texts.length || new Set(values).size < values.length) return;
    if (!readings.some((other) => String(other.values) === String(values)))
      readings.push({ values, text: values.join(', ') });
  };
  if (!rule.whole && /^[-+]?\d*,\d+(e[-+]?\d+)?$/i.test(token)) consider([token.replace(',', '.')]);
  // A text that begins with a zero is most likely a decimal.
  const decimal = readings.length > 0 && /^[-+]?0?,/.test(token);
  if (!decimal) {
    if (/^[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(token)) consider([parts.join('')]);
    if (several && parts.every((part) => part !== '' && !/^0\d/.test(part))) consider(parts);
  }
  const [only, other] = readings;
  if (only && !other) return { values: only.values, text: only.text, problem: null };
  if (only) return wrong({ kind: 'ambiguous', text: token, readings: readings.map(({ text }) => text) });
  const number = /^[-+\d.,e]+$/i.test(token);
  return wrong(number ? { kind: 'rule', text: token } : { kind: 'notNumber', text: token });
}

/** Reads `1..5`, `1-5` for whole numbers, `0.001..0.1:3`, `0.001..0.1:3:log`; both ends are included. */
function readRange(token: string, rule: NumberRule): NumberReading {
  const [ends = '', ...words] = token.split(':');
  const [first = '', last = '', ...more] = ends.includes('..') ? ends.split('..') : ends.split('-');
  const from = readToken(first, rule, false);
  const to = readToken(last, rule, false);
  if (more.length > 0) return wrong({ kind: 'notNumber', text: token });
  if (!from.values) return from;
  if (!to.values) return to;
  const [start, end] = [from.values[0]!, to.values[0]!];
  if (start >= end) return wrong({ kind: 'order', text: ends });
  const scale = words.includes('log') && start > 0 ? 'log' : 'linear';
  const steps = words.find((word) => /^\d+$/.test(word));
  const known = words.every((word) => word === 'log' || word === 'linear' || word === steps);
  if (!known || (words.includes('log') && start <= 0)) return wrong({ kind: 'notNumber', text: token });
  const count = steps === undefined ? (rule.whole ? end - start + 1 : 0) : Number(steps);
  if (count < 2) return wrong({ kind: 'steps', text: token });
  if (count > mostValues) return wrong({ kind: 'tooMany', most: mostValues });
  const choices = choicesOf({
    path: 'value',
    range: { from: start, to: end, steps: count, scale, whole: rule.whole },
  });
  const values = (choices ?? []).map(({ value }) => value as number);
  const text = `${start}..${end}${steps === undefined ? '' : `:${steps}`}${scale === 'log' ? ':log' : ''}`;
  return { values, text, problem: null };
}
