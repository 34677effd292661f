/**
 * Shares the process fairly between the work of several channels: each does a little of its own in order,
 * then the next one does, and between two rounds the process handles other events. A channel that sends
 * twenty thousand calls delays only itself.
 */

/** Milliseconds after which it is another lane's turn. */
const turnMilliseconds = 2;

export type Lane = (work: () => void) => void;

export class Turns {
  readonly #lanes = new Set<(() => void)[]>();
  #scheduled = false;

  /** Returns a lane, which takes part while it has work. */
  lane(): Lane {
    const works: (() => void)[] = [];
    return (work) => {
      works.push(work);
      this.#lanes.add(works);
      this.#schedule();
    };
  }

  #round(): void {
    this.#scheduled = false;
    for (const works of [...this.#lanes]) {
      const until = performance.now() + turnMilliseconds;
      let done = 0;
      do works[done++]?.();
      while (done < works.length && performance.now() < until);
      works.splice(0, done);
      if (works.length === 0) this.#lanes.delete(works);
    }
    if (this.#lanes.size > 0) this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#round();
    });
  }
}
