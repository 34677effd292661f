/** Splits code into lines of coloured parts: the parser's tree determines the tokens, the style sheet their colours. */
import { parser as javascript } from '@lezer/javascript';
import { highlightTree, tagHighlighter, tags } from '@lezer/highlight';
import { parser as python } from '@lezer/python';

export type CodeLanguage = 'python' | 'javascript';

export interface CodePart {
  readonly text: string;
  /** The token's kind; empty for plain text. */
  readonly kind: string;
}

export interface CodeLine {
  /** The line's text with its number of earlier occurrences: a changed line has a new key. */
  readonly key: string;
  readonly parts: readonly CodePart[];
}

const highlighter = tagHighlighter([
  { tag: tags.comment, class: 'comment' },
  { tag: tags.string, class: 'string' },
  { tag: [tags.number, tags.bool, tags.null], class: 'number' },
  {
    tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword, tags.self],
    class: 'keyword',
  },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], class: 'call' },
  { tag: [tags.className, tags.definition(tags.variableName)], class: 'name' },
]);

export function codeLines(code: string, language: CodeLanguage): CodeLine[] {
  const tree = (language === 'python' ? python : javascript).parse(code);
  const parts: CodePart[] = [];
  let done = 0;
  const upTo = (end: number, kind: string) => {
    if (end > done) parts.push({ text: code.slice(done, end), kind });
    done = Math.max(done, end);
  };
  highlightTree(tree, highlighter, (from, to, kind) => {
    upTo(from, '');
    upTo(to, kind);
  });
  upTo(code.length, '');

  const lines: CodePart[][] = [[]];
  for (const { text, kind } of parts) {
    for (const [i, piece] of text.split('\n').entries()) {
      if (i > 0) lines.push([]);
      if (piece !== '') lines.at(-1)!.push({ text: piece, kind });
    }
  }
  if (lines.at(-1)!.length === 0) lines.pop();
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const text = line.map((part) => part.text).join('');
    const count = (seen.get(text) ?? 0) + 1;
    seen.set(text, count);
    return { key: `${count} ${text}`, parts: line };
  });
}
