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
/** Largest number of logits that are remembered for a run, 16 MB: 10,000 images of 400 classes. */
const mostLogits = 4e6;

export class TestedLogits {
  readonly #latest = new Map<number, Tested>();

  put(run: number, tested: Tested): void {
    this.#latest.delete(run);
    if (tested.logits.length > mostLogits) return;
    this.#latest.set(run, tested);
    const [oldest] = this.#latest.keys();
    if (this.#latest.size > mostRuns && oldest !== undefined) this.#latest.delete(oldest);
  }

  /** Returns the logits after exactly `step` steps, if they are remembered. */
  after(run: number, step: number): Float32Array | undefined {
    const tested = this.#latest.get(run);
    return tested?.step === step ? tested.logits : undefined;
  }
}
