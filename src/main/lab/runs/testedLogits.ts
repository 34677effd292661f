/**
 * What the runs' latest evaluations of the test set have computed. A page that shows the predictions of a run
 * that trains need not have every test image computed a second time, which would take the cores from the training.
 */

/** Logits of all test images (images × classes, row-major) after `step` steps. */
interface Tested {
  readonly step: number;
  readonly logits: Float32Array;
}

/** Number of runs that are remembered: those that train at the same time. */
const mostRuns = 8;

export class TestedLogits {
  readonly #latest = new Map<number, Tested>();

  /** Forgets the run's logits if there are no new ones. */
  put(run: number, step: number, logits: Float32Array | undefined): void {
    this.#latest.delete(run);
    if (!logits) return;
    this.#latest.set(run, { step, logits });
    const [oldest] = this.#latest.keys();
    if (this.#latest.size > mostRuns && oldest !== undefined) this.#latest.delete(oldest);
  }

  /** Returns the logits after exactly `step` steps, if they are remembered. */
  after(run: number, step: number): Float32Array | undefined {
    const tested = this.#latest.get(run);
    return tested?.step === step ? tested.logits : undefined;
  }
}
