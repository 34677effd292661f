/** What the writers of code share: literals, names that a language allows, and lines. */
import type { LayerProblem } from '../network/shapes.ts';

/** `course net` → `course-net`: a file's name without its ending. */
export function fileStem(name: string): string {
  return (
    name
      .normalize('NFKD')
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-+|-+$/g, '')
      .toLowerCase() || 'net'
  );
}

/** One line of a comment: what came from a name may hold anything. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

export function indented(lines: readonly string[], by = '    '): string[] {
  return lines.map((line) => (line === '' ? '' : by + line));
}

/** What code says where a net does not go on: the problem with its layer, and that the rest is missing. */
export function brokenNote({ problem }: LayerProblem): string {
  return oneLine(`This net does not fit together yet, and the rest of it is left out: ${problem.message}`);
}
