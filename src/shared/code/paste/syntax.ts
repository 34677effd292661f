/** Small questions to @lezer/python's tree. */
import type { SyntaxNode } from '@lezer/common';
import type { Place } from './values.ts';

export function children(node: SyntaxNode): SyntaxNode[] {
  const all: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== 'Comment') all.push(child);
  }
  return all;
}

export class Source {
  readonly text: string;
  private readonly starts: number[] = [0];

  constructor(text: string) {
    this.text = text;
    for (let i = 0; i < text.length; i += 1) if (text[i] === '\n') this.starts.push(i + 1);
  }

  of(node: SyntaxNode): string {
    return this.text.slice(node.from, node.to);
  }

  line(position: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.starts[middle] as number) <= position) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** The node's line, and its text in one line, cut where it is long. */
  place(node: SyntaxNode): Place {
    const text = this.of(node).replace(/\s+/g, ' ');
    return { line: this.line(node.from), text: text.length > 100 ? `${text.slice(0, 99)}…` : text };
  }
}

/** The inside of a string literal; null where it is formatted. */
export function stringOf(literal: string): string | null {
  const match = /^([a-zA-Z]*)("""|'''|"|')([\s\S]*)\2$/.exec(literal);
  if (!match || /f/i.test(match[1] ?? '')) return null;
  return (match[3] ?? '').replace(/\\(['"\\])/g, '$1');
}

export function numberLiteral(text: string): number | null {
  const plain = text.replaceAll('_', '');
  const value = Number(plain);
  return Number.isNaN(value) ? null : value;
}
