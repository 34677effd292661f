/**
 * Finds what was meant by a few typed letters: every word of the query must fit, at the start of a word best, inside one
 * less well, and as letters that come in this order worst.
 */

export interface Searchable {
  readonly text: string;
  /** Counts half. */
  readonly keywords?: string;
}

const wordStart = /(?<=^|[\s·:/#“„(-])/u;

/** 0 where it does not fit. */
export function fit(query: string, { text, keywords = '' }: Searchable): number {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  let sum = 1;
  for (const word of words) {
    const score = Math.max(fitWord(word, text.toLowerCase()), fitWord(word, keywords.toLowerCase()) / 2);
    if (score === 0) return 0;
    sum += score;
  }
  return sum;
}

function fitWord(word: string, text: string): number {
  if (text.startsWith(word)) return 4;
  if (text.split(wordStart).some((part) => part.startsWith(word))) return 3;
  if (text.includes(word)) return 2;
  // A few letters are in order in almost anything.
  return word.length > 2 && inOrder(word, text) ? 1 : 0;
}

function inOrder(letters: string, text: string): boolean {
  let at = 0;
  for (const letter of text) if (letter === letters[at]) at++;
  return at === letters.length;
}

/** Those that fit, best first; equal ones stay in their order. */
export function search<T extends Searchable>(query: string, all: readonly T[]): T[] {
  return all
    .map((each) => ({ each, score: fit(query, each) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ each }) => each);
}
