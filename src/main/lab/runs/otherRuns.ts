/**
 * Announces changes to runs that other processes train in the same history (a terminal beside the window).
 * These processes send no events here, so history is polled. SQLite's counter of other connections' writes
 * takes a few microseconds to read; only if it has changed are the recently updated runs queried.
 */
import type { RunBook } from './runBook.ts';

/** Milliseconds between two polls; a terminal writes its losses four times a second. */
const interval = 1000;

export class OtherRuns {
  readonly #book: RunBook;
  readonly #timer: NodeJS.Timeout;
  #version: number;
  #since = new Date().toISOString();
  /** Times of the last update of the runs updated at `#since`. */
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
