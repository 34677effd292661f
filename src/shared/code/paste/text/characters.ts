/** Characters in copied code that Python rejects: full-width punctuation, odd spaces, and `100.`. */
import { inCode, scan } from './scan.ts';

const named: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '【': '[',
  '】': ']',
  '。': '.',
  '、': ',',
  '—': '-',
  '–': '-',
  '−': '-',
  '×': '*',
  '《': '<',
  '》': '>',
};

/** Returns the intended ASCII character, or undefined. U+FF01 to U+FF5E are in ASCII's own order. */
function meant(char: string): string | undefined {
  const code = char.charCodeAt(0);
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  return named[char];
}

const oddSpaces = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/;
const invisible = /[\u200b-\u200f\u2060\ufeff\u00ad]/;

export interface FullWidth {
  /** Position in the text. */
  readonly at: number;
  readonly found: string;
  readonly meant: string;
}

export interface Characters {
  readonly text: string;
  readonly fullWidth: readonly FullWidth[];
  readonly oddSpaces: boolean;
}

/** Replaces such characters by the intended ones, outside strings and comments. The lines stay the same. */
export function plainCharacters(text: string): Characters {
  const kinds = scan(text);
  const fullWidth: FullWidth[] = [];
  let odd = false;
  let result = '';
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i] as string;
    if (kinds[i] !== inCode) {
      result += char;
      continue;
    }
    const ascii = meant(char);
    if (ascii !== undefined) {
      if (!/\w/.test(ascii)) fullWidth.push({ at: result.length, found: char, meant: ascii });
      result += ascii;
    } else if (oddSpaces.test(char)) {
      odd = true;
      result += ' ';
    } else if (!invisible.test(char)) result += char;
  }
  return { text: plainNumbers(result), fullWidth, oddSpaces: odd };
}

/** Rewrites `100.` and `1.e-3`, numbers in Python that the parser does not know, as `100.0` and `1.0e-3`. */
function plainNumbers(text: string): string {
  if (!/\d\./.test(text)) return text;
  const kinds = scan(text);
  return text.replace(
    /(?<![\w.])(\d[\d_]*)\.(?=([eE][+-]?\d)|[^\w.]|$)/g,
    (match: string, digits: string, _exponent: string, at: number) =>
      kinds[at] === inCode ? `${digits}.0` : match,
  );
}
