/** How long a run's steps take of late, as far as the choice of how many go together needs it. */

/** Runs of the session after which that is known: the first few are slower. */
const settledAfter = 8;

export class StepPace {
  #seconds = Infinity;
  #runs = 0;
  /** Signatures that have run: their first run has TensorFlow prepare them. */
  readonly #prepared = new Set<string>();

  /** Of a step; infinite until it is known. */
  get secondsAStep(): number {
    return this.#runs < settledAfter ? Infinity : this.#seconds;
  }

  /** What a step took in a run of the signature. A single run that was disturbed does not change much. */
  took(seconds: number, signature: string): void {
    const first = !this.#prepared.has(signature);
    this.#prepared.add(signature);
    if (first) return;
    this.#seconds = this.#runs === 0 ? seconds : 0.7 * this.#seconds + 0.3 * seconds;
    this.#runs += 1;
  }
}
