/**
 * Announces changes to runs and sweeps that other processes train in the same history (a terminal beside the window).
 * These processes send no events here, so history is polled. SQLite's counter of other connections' writes
 * takes a few microseconds to read; only if it has changed are the recently updated runs and the others' sweeps queried.
 */
import type { RunBook } from './runs/runBook.ts';
import type { SweepBook } from './sweeps/sweepBook.ts';

/** Milliseconds between two polls; a terminal writes its losses four times a second. */
const interval = 1000;

export class OtherProcesses {
  readonly #book: RunBook;
  readonly #sweepBook: SweepBook;
  readonly #timer: NodeJS.Timeout;
  #version: number;
  #since = new Date().toISOString();
  /** Times of the last update of the runs updated at `#since`. */
  #told = new Map<number, string>();
  /** The others' sweeps as they were told last, as text. */
  #toldSweeps = new Map<number, string>();
  #newestSweep: number;

  constructor(book: RunBook, sweepBook: SweepBook, milliseconds = interval) {
    this.#book = book;
    this.#sweepBook = sweepBook;
    this.#newestSweep = book.history.sweeps.list(1, 0)[0]?.id ?? 0;
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
    this.#lookAtSweeps();
  }

  /**
   * A sweep that has ended belongs to nobody, so it is told once more when it is no longer found. A new one is found by
   * its number as well: it may have ended already.
   */
  #lookAtSweeps(): void {
    const { history } = this.#sweepBook;
    const found = history.sweeps.foreign(history.owner, this.#newestSweep);
    const now = new Map(found.map((sweep) => [sweep.id, JSON.stringify(sweep)]));
    for (const id of new Set([...now.keys(), ...this.#toldSweeps.keys()]))
      if (now.get(id) !== this.#toldSweeps.get(id)) this.#sweepBook.changed(id);
    this.#toldSweeps = now;
    this.#newestSweep = Math.max(this.#newestSweep, ...now.keys());
  }
}
