/**
 * Converts pasted text to Python: a notebook's cells, the inside of Markdown fences, lines without prompts and
 * commands, ASCII for full-width punctuation. Every line stays a line of its own, so that findings refer to the
 * author's lines.
 */
import type { Findings } from '../findings.ts';
import { plainCharacters } from './characters.ts';
import { type NumberedLine, notebookLines } from './notebook.ts';
import {
  withoutCommonIndent,
  withoutLineNumbers,
  withoutMagics,
  withoutMarkdown,
  withoutPrompts,
  withoutProse,
} from './prose.ts';
import { Source } from './source.ts';

/** Largest number of full-width characters that are listed by name. */
const mostNamed = 5;

export function prepare(pasted: string, findings: Findings): Source {
  const plain = pasted.replace(/^\uFEFF/, '').replace(/\r\n?|[\u2028\u2029]/g, '\n');
  const numbered: readonly NumberedLine[] =
    notebookLines(plain) ?? plain.split('\n').map((text, i) => ({ text, cell: null, line: i + 1 }));
  let lines: readonly string[] = numbered.map(({ text }) => text);
  for (const clean of [
    withoutMarkdown,
    withoutLineNumbers,
    withoutPrompts,
    withoutCommonIndent,
    withoutMagics,
  ])
    lines = clean(lines);
  const prose = withoutProse(lines);
  const characters = plainCharacters(prose.lines.join('\n'));
  const source = new Source(characters.text, numbered, lines);
  const [first] = prose.left;
  if (first !== undefined)
    findings.add(
      'note',
      'prose',
      { ...source.number(first + 1), text: (lines[first] as string).trim() },
      { lines: prose.left.length },
    );
  if (characters.oddSpaces) findings.add('note', 'odd-spaces', null);
  const named = new Set<number>();
  for (const { at, found, meant } of characters.fullWidth) {
    const row = source.row(at);
    if (named.has(row) || named.size >= mostNamed) continue;
    named.add(row);
    const code = found.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0') ?? '';
    findings.add('mistake', 'full-width', source.placeOfRow(row), { found, meant, code: `U+${code}` });
  }
  return source;
}
