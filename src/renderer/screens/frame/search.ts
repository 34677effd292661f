/**
 * Finds entries by a few typed letters: every word of the query must match, at the start of a word with the highest
 * score, inside one with a lower score, and as an abbreviation of one with the lowest.
 */

export interface Searchable {
  readonly text: string;
  /** Matches in the keywords have half the weight. */
  readonly keywords?: string;
}

const wordStart = /(?<=^|[\s·:/#“„(-])/u;

/** Returns 0 if it does not match. */
function fit(query: string, { text, keywords = '' }: Searchable): number {
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
  // An abbreviation must lie within one word: in a whole line, a few letters are in order by chance.
  return word.length > 2 && text.split(wordStart).some((part) => abbreviates(word, part)) ? 1 : 0;
}

/** Returns whether the first letter matches, and the others follow in order: `drk` for `dark`. */
function abbreviates(letters: string, word: string): boolean {
  if (word[0] !== letters[0]) return false;
  let at = 0;
  for (const letter of word.trim()) if (letter === letters[at]) at++;
  return at === letters.length;
}

/** Returns the matches, best first; equal ones stay in their order. */
export function search<T extends Searchable>(query: string, all: readonly T[]): T[] {
  return all
    .map((each) => ({ each, score: fit(query, each) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ each }) => each);
}
