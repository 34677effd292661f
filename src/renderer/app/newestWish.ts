/** Runs one request at a time. Meanwhile the newest request waits and those in between are dropped. */
export class NewestWish<T> {
  readonly #work: (wish: T) => Promise<void>;
  #next: { wish: T } | null = null;
  #busy = false;

  /** `work` must not throw. */
  constructor(work: (wish: T) => Promise<void>) {
    this.#work = work;
  }

  async want(wish: T): Promise<void> {
    this.#next = { wish };
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#next) {
        const { wish: newest }: { wish: T } = this.#next;
        this.#next = null;
        await this.#work(newest);
      }
    } finally {
      this.#busy = false;
    }
  }
}
