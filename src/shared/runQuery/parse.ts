/**
 * The filter language of runs: `accuracy > 98 net:course -tag:homework (seed:0 or seed:1) "first try"`.
 *
 * Adjacent words must all match; `or` and parentheses change that, `-` or `not` negates what follows. A field takes `:`
 * (a part of a text, or a value), `=`, `!=`, `>`, `>=`, `<`, `<=`; several values are separated by commas, a range of
 * numbers has two dots (`epochs:5..10`). Fields and values have names in both of the window's languages (words.ts), and
 * `或`, `且`, `非` mean or, and, not. An invalid filter gives a Problem that names the word, its position (`at`, `length`,
 * in UTF-16 units) and the correction. Nothing else is ever thrown.
 */
import { nearest } from '../base/nearest.ts';
import { Problem } from '../base/problem.ts';
import { type RunField, findField, ruleOf, runFieldNames, spacedNames } from './fields.ts';
import { type RunFilter, everyRun } from './filter.ts';
import { type Operator, type Word, bareWord, condition } from './condition.ts';

export const longestQuery = 2000;
const deepest = 40;

/** Chinese keyboards produce full-width signs. */
const signs: Readonly<Record<string, string>> = {
  '：': ':',
  '＝': '=',
  '＞': '>',
  '＜': '<',
  '（': '(',
  '）': ')',
  '，': ',',
  '“': '"',
  '”': '"',
};

/** Keeps the length, so that positions in the text stay valid. */
function normalised(text: string): string {
  return text.replace(/[：＝＞＜（），“”]/g, (sign) => signs[sign]!);
}

/** `today` and `7d` are relative to `now`. */
export function parseRunQuery(text: string, now: Date = new Date()): RunFilter {
  if (text.length > longestQuery) {
    throw new Problem(
      'query.too-long',
      `the filter is of ${text.length} characters; at most ${longestQuery} are taken`,
      { length: text.length, most: longestQuery },
    );
  }
  return new Parser(normalised(text), now).parse();
}

class Parser {
  readonly #text: string;
  readonly #now: Date;
  #at = 0;
  #depth = 0;

  constructor(text: string, now: Date) {
    this.#text = text;
    this.#now = now;
  }

  parse(): RunFilter {
    this.#space();
    if (this.#at === this.#text.length) return everyRun;
    const filter = this.#either();
    // Only a closing parenthesis ends an expression early.
    if (this.#at < this.#text.length) throw this.#closesNothing();
    return filter;
  }

  #either(): RunFilter {
    const parts = [this.#all()];
    while (this.#keyword('or') || this.#keyword('或')) parts.push(this.#all('or'));
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
  }

  #all(after?: string): RunFilter {
    const parts: RunFilter[] = [];
    let joint = after;
    for (;;) {
      this.#space();
      const before = this.#at;
      if (this.#keyword('and') || this.#keyword('且')) {
        if (parts.length === 0) throw this.#hanging('and', before);
        joint = 'and';
        continue;
      }
      if (
        this.#at === this.#text.length ||
        this.#text[this.#at] === ')' ||
        this.#peeks('or') ||
        this.#peeks('或')
      )
        break;
      parts.push(this.#unary());
      joint = undefined;
    }
    if (parts.length === 0 && joint === undefined && this.#peeks('or')) throw this.#hanging('or', this.#at);
    if (joint !== undefined) throw this.#hanging(joint, this.#text.lastIndexOf(joint, this.#at));
    if (parts.length === 0) {
      if (this.#depth === 0) throw this.#closesNothing();
      throw this.#problem('query.empty-brackets', 'there is nothing between "(" and ")"', this.#at - 1, 2);
    }
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  #unary(): RunFilter {
    if (++this.#depth > deepest) {
      throw this.#problem('query.too-deep', `parentheses are ${deepest} deep at most`, this.#at, 1);
    }
    try {
      const start = this.#at;
      if (this.#text[this.#at] === '-' || this.#keyword('not') || this.#keyword('非')) {
        if (this.#at === start) this.#at++;
        this.#space();
        const next = this.#text[this.#at];
        if (next === undefined || next === ')')
          throw this.#hanging(this.#text.slice(start, this.#at).trim(), start);
        return { kind: 'not', part: this.#unary() };
      }
      if (this.#text[this.#at] === '(') {
        this.#at++;
        const inner = this.#either();
        if (this.#text[this.#at] !== ')') {
          throw this.#problem('query.bracket-open', 'this "(" is not closed; add a ")"', start, 1);
        }
        this.#at++;
        return inner;
      }
      return this.#term();
    } finally {
      this.#depth--;
    }
  }

  #term(): RunFilter {
    const word = this.#spacedName() ?? this.#word(false);
    if (word.quoted) return bareWord(word.text);
    const operator = this.#operator();
    if (!operator) {
      const number = /^#(\d{1,15})$/.exec(word.text);
      if (number) return { kind: 'number', field: 'id', operator: '=', value: Number(number[1]) };
      return bareWord(word.text);
    }
    const field = this.#field(word);
    return condition(field, operator, this.#values(field, word, operator), this.#now);
  }

  /** Reads a column's heading of several words, if an operator follows it; otherwise reads nothing. */
  #spacedName(): Word | null {
    const rest = this.#text.slice(this.#at).toLowerCase();
    const name = spacedNames.find(
      (each) => rest.startsWith(each) && /^\s*(:|!=|[<>=≥≤≠])/.test(rest.slice(each.length)),
    );
    if (name === undefined) return null;
    const at = this.#at;
    this.#at += name.length;
    return { text: this.#text.slice(at, this.#at), at, length: name.length, quoted: false };
  }

  #field(word: Word): RunField {
    const field = findField(word.text);
    if (field) return field;
    const names = runFieldNames.flatMap((name) => [name, ...ruleOf(name).aliases]);
    const near = word.text === '' ? null : nearest(word.text, names);
    const place = { word: word.text, at: word.at, length: Math.max(1, word.length) };
    if (near) {
      throw new Problem('query.misspelt-field', `there is no field "${word.text}"; did you mean "${near}"?`, {
        ...place,
        suggestion: near,
      });
    }
    throw new Problem(
      'query.unknown-field',
      `there is no field "${word.text}"; there is ${runFieldNames.join(', ')}. ` +
        'To look for the text itself, put it in quotes',
      { ...place, fields: runFieldNames.join(', ') },
    );
  }

  #values(field: RunField, name: Word, operator: Operator): Word[] {
    this.#space();
    const words: Word[] = [];
    do {
      const next = this.#text[this.#at];
      if (next === undefined || /[\s(),]/.test(next)) {
        const { example } = ruleOf(field);
        throw new Problem(
          'query.value-missing',
          `after "${name.text} ${operator}" a value is missing, such as ${example}`,
          { word: `${name.text} ${operator}`, at: name.at, length: this.#at - name.at, field, example },
        );
      }
      words.push(this.#word(true));
    } while (this.#text[this.#at] === ',' && ++this.#at > 0);
    return words;
  }

  /** Reads a quoted text, or the text up to the next space, parenthesis or, before an operator, up to that. */
  #word(value: boolean): Word {
    const at = this.#at;
    if (this.#text[at] === '"') {
      const end = this.#text.indexOf('"', at + 1);
      if (end < 0) throw this.#problem('query.quote', 'this quotation mark is not closed', at, 1);
      this.#at = end + 1;
      return { text: this.#text.slice(at + 1, end), at, length: this.#at - at, quoted: true };
    }
    const stop = value ? /[\s()",]/ : /[\s()":=<>≥≤≠!]/;
    while (this.#at < this.#text.length && !stop.test(this.#text[this.#at]!)) {
      // An exclamation mark is part of a word, unless it is half of an operator.
      this.#at++;
    }
    while (!value && this.#text[this.#at] === '!' && this.#text[this.#at + 1] !== '=') {
      this.#at++;
      while (this.#at < this.#text.length && !stop.test(this.#text[this.#at]!)) this.#at++;
    }
    return { text: this.#text.slice(at, this.#at), at, length: this.#at - at, quoted: false };
  }

  /** `created:>2026-11-01` equals `created > 2026-11-01`. Returns null, and reads nothing, if there is no operator. */
  #operator(): Operator | null {
    const match = /^\s*(:?)\s*(!=|>=|<=|==|=|>|<|≥|≤|≠)?/.exec(this.#text.slice(this.#at));
    const [whole = '', colon = '', sign] = match ?? [];
    if (colon === '' && sign === undefined) return null;
    this.#at += whole.length;
    if (sign === undefined) return ':';
    return (
      ({ '==': '=', '≥': '>=', '≤': '<=', '≠': '!=' } as Record<string, Operator>)[sign] ?? (sign as Operator)
    );
  }

  /** Returns whether this word comes next, as a word of its own and not as a field's name. */
  #peeks(word: string): boolean {
    this.#space();
    const rest = this.#text.slice(this.#at);
    if (rest.slice(0, word.length).toLowerCase() !== word) return false;
    return /^(?:\s+(?!\s|[:=<>≥≤≠]|!=)|[()"]|\s*$)/.test(rest.slice(word.length));
  }

  #keyword(word: string): boolean {
    if (!this.#peeks(word)) return false;
    this.#at += word.length;
    return true;
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #closesNothing(): Problem {
    return this.#problem('query.bracket-close', 'this ")" closes nothing; take it away', this.#at, 1);
  }

  #hanging(word: string, at: number): Problem {
    return new Problem('query.hanging', `"${word}" stands alone; something must come before and after it`, {
      word,
      at: Math.max(0, at),
      length: word.length,
    });
  }

  #problem(code: string, message: string, at: number, length: number): Problem {
    return new Problem(code, message, { at, length, word: this.#text.slice(at, at + length) });
  }
}
