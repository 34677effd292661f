/** Measures the recent duration of a run's steps, from which the number of steps per call is chosen. */

/** Number of session calls after which the duration is known; the first few are slower. */
const settledAfter = 8;

export class StepPace {
  #seconds = Infinity;
  #runs = 0;
  /** Signatures that have run. TensorFlow prepares a signature in its first call. */
  readonly #prepared = new Set<string>();

  /** Duration of a step; infinite until it is known. */
  get secondsAStep(): number {
    return this.#runs < settledAfter ? Infinity : this.#seconds;
  }

  /** Records the duration of a step in a call of the signature. One disturbed call has little effect. */
  took(seconds: number, signature: string): void {
    const first = !this.#prepared.has(signature);
    this.#prepared.add(signature);
    if (first) return;
    this.#seconds = this.#runs === 0 ? seconds : 0.7 * this.#seconds + 0.3 * seconds;
    this.#runs += 1;
  }
}
