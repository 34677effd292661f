/**
 * Work of several channels in fair turns: each does a little of its own in its order, then it is the next one's turn, and
 * between two rounds the process looks for what else there is. Who sends twenty thousand calls waits for them alone.
 */

/** A lane is another one's turn after so many milliseconds. */
const turnMilliseconds = 2;

export type Lane = (work: () => void) => void;

export class Turns {
  readonly #lanes = new Set<(() => void)[]>();
  #scheduled = false;

  /** A lane of its own, which is there while it has work. */
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
