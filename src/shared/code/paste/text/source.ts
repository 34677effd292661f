/** The Python text that is read, and the place of each of its lines in the pasted text. */
import type { SyntaxNode } from '@lezer/common';
import type { Place } from '../values.ts';
import type { LineNumber } from './notebook.ts';

const longestText = 100;

const short = (text: string) => (text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text);

export class Source {
  readonly text: string;
  readonly #starts: number[] = [0];
  readonly #numbers: readonly LineNumber[];
  readonly #original: readonly string[];

  /** `original` holds the lines as their author wrote them. */
  constructor(text: string, numbers: readonly LineNumber[], original: readonly string[]) {
    this.text = text;
    this.#numbers = numbers;
    this.#original = original;
    for (let i = 0; i < text.length; i += 1) if (text[i] === '\n') this.#starts.push(i + 1);
  }

  of(node: SyntaxNode): string {
    return this.text.slice(node.from, node.to);
  }

  /** Returns the line number in the text that is read, from 1. */
  row(position: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] as number) <= position) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  number(row: number): LineNumber {
    return this.#numbers[row - 1] ?? { cell: null, line: row };
  }

  placeOfRow(row: number): Place {
    return { ...this.number(row), text: short((this.#original[row - 1] ?? '').trim()) };
  }

  /** Returns the node's line, and its text in one line, truncated if it is long. */
  place(node: SyntaxNode): Place {
    return { ...this.number(this.row(node.from)), text: short(this.of(node).replace(/\s+/g, ' ')) };
  }
}
