/** Suggestions for misspelt words on the command line. */
import { say } from '../host/language.ts';
import { nearest } from '../../shared/base/nearest.ts';

/** Returns ` Did you mean "course"?` or an empty string. */
export function suggest(word: string, known: readonly string[]): string {
  const name = nearest(word, known);
  return name === null ? '' : say(' Did you mean "{name}"?', { name });
}
