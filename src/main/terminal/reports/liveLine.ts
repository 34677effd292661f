/**
 * One line at the bottom of a terminal that is overwritten repeatedly. Permanent lines are printed in its
 * place, and it is redrawn below them. If the output is not a terminal, there is no such line.
 */
import type { OutputStream } from '../io.ts';

const eraseLine = '\r\u001b[2K';
/**
 * Control sequences that let the terminal cut off a long line, because it knows its width and that of every
 * character (DEC mode 7, auto-wrap).
 */
const [wrapOff, wrapOn] = ['\u001b[?7l', '\u001b[?7h'];

export class LiveLine {
  readonly #stream: OutputStream;
  #text = '';

  constructor(stream: OutputStream) {
    this.#stream = stream;
  }

  /** Prints a permanent line. */
  print(line: string): void {
    this.#stream.write(`${this.#erased()}${line}\n${this.#drawn()}`);
  }

  update(text: string): void {
    if (this.#stream.isTTY !== true || text === this.#text) return;
    const erased = this.#erased();
    this.#text = text;
    this.#stream.write(erased + this.#drawn());
  }

  end(): void {
    this.update('');
  }

  #erased(): string {
    return this.#text === '' ? '' : eraseLine;
  }

  #drawn(): string {
    return this.#text === '' ? '' : `${wrapOff}${this.#text}${wrapOn}`;
  }
}
