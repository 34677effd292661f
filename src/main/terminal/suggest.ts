/** For what was misspelt on the command line. */
import { say } from '../host/language.ts';
import { nearest } from '../../shared/base/nearest.ts';

/** ` Did you mean "course"?`, or nothing. */
export function suggest(word: string, known: readonly string[]): string {
  const name = nearest(word, known);
  return name === null ? '' : say(' Did you mean "{name}"?', { name });
}
