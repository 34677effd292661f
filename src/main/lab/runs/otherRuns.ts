/**
 * Runs that other processes train in the same history (a terminal beside the window): nobody tells of those, so history is
 * asked. SQLite counts what other connections write, which costs a few microseconds to read; only where that has grown are
 * the runs looked at that have moved since.
 */
import type { RunBook } from './runBook.ts';

/** As often as a person looks; a terminal keeps its losses four times a second. */
const interval = 1000;

export class OtherRuns {
  readonly #book: RunBook;
  readonly #timer: NodeJS.Timeout;
  #version: number;
  #since = new Date().toISOString();
  /** When each run had last moved, of those that moved at `#since`. */
  #told = new Map<number, string>();

  constructor(book: RunBook, milliseconds = interval) {
    this.#book = book;
    this.#version = book.history.othersVersion();
    this.#timer = setInterval(() => {
      this.#look();
    }, milliseconds).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { history } = this.#book;
    const version = history.othersVersion();
    if (version === this.#version) return;
    this.#version = version;
    const moved = history.runs.movedSince(this.#since, history.owner);
    for (const { id, at } of moved) {
      if (this.#told.get(id) !== at) this.#book.changed(id);
      if (at > this.#since) this.#since = at;
    }
    this.#told = new Map(moved.filter(({ at }) => at === this.#since).map(({ id, at }) => [id, at]));
  }
}
