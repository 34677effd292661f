/** Keeps what was read last, so that the same file need not be read, checked and decoded again for the next question. */

interface Kept<T> {
  readonly value: Promise<T>;
  bytes: number;
}

export class Recent<T> {
  readonly #most: number;
  readonly #bytesOf: (value: T) => number;
  /** The most recently used is last. */
  readonly #kept = new Map<string, Kept<T>>();

  /** Keeps values of `most` bytes together; of a larger value, none. */
  constructor(most: number, bytesOf: (value: T) => number) {
    this.#most = most;
    this.#bytesOf = bytesOf;
  }

  /** Returns the value of this key; `make` is called unless it is kept or under way. A failure is not kept. */
  get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(key);
    if (known) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known.value;
    }
    const kept: Kept<T> = { value: make(), bytes: 0 };
    this.#kept.set(key, kept);
    kept.value.then(
      (value) => {
        kept.bytes = this.#bytesOf(value);
        this.#makeRoom();
      },
      () => this.#kept.delete(key),
    );
    return kept.value;
  }

  #makeRoom(): void {
    let sum = [...this.#kept.values()].reduce((all, { bytes }) => all + bytes, 0);
    for (const [key, { bytes }] of this.#kept) {
      if (sum <= this.#most) return;
      this.#kept.delete(key);
      sum -= bytes;
    }
  }
}
