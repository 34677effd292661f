/** Helpers shared by the writers of code: literals, names that a language allows, and lines. */
import type { LayerProblem } from '../network/shapes.ts';

/** Returns a file's name without extension: `course net` → `course-net`. */
export function fileStem(name: string): string {
  return (
    name
      .normalize('NFKD')
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-+|-+$/g, '')
      .toLowerCase() || 'net'
  );
}

/** Returns one line of a comment, because a text made from a name may contain anything. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

export function indented(lines: readonly string[], by = '    '): string[] {
  return lines.map((line) => (line === '' ? '' : by + line));
}

/** Returns the comment at which a broken net's code ends: the problem with its layer, and that the rest is missing. */
export function brokenNote({ problem }: LayerProblem): string {
  return oneLine(`This net does not fit together yet, and the rest of it is left out: ${problem.message}`);
}
