/** A question that follows what is typed: it is asked once typing has rested, and the same one is not asked twice. */
export class RestedQuestion<Q> {
  readonly #pause: number;
  readonly #work: (question: Q, isCurrent: () => boolean) => Promise<void>;
  #asked = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * `pause` is in milliseconds. `work` asks the question and must not throw; once another one is asked, `isCurrent` returns
   * false, and an answer to this one is to be dropped.
   */
  constructor(pause: number, work: (question: Q, isCurrent: () => boolean) => Promise<void>) {
    this.#pause = pause;
    this.#work = work;
  }

  /** Null means that there is nothing to ask now. Returns whether this is another question than the one before. */
  ask(question: Q | null): boolean {
    const signature = question === null ? '' : JSON.stringify(question);
    if (signature === this.#asked) return false;
    this.#asked = signature;
    clearTimeout(this.#timer);
    if (question !== null) this.#schedule(question, signature, this.#pause);
    return true;
  }

  /** Asks this question once more after twice the pause, unless there is another one by then. */
  retry(question: Q): void {
    this.#schedule(question, this.#asked, 2 * this.#pause);
  }

  #schedule(question: Q, signature: string, delay: number): void {
    this.#timer = setTimeout(() => void this.#work(question, () => this.#asked === signature), delay);
  }
}
