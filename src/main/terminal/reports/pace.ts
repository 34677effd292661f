/** Progress of an active run: its position, its current loss, and the remaining time at the current rate. */
import type { EventPayload } from '../../../shared/api/api.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';

/**
 * Number of steps below which the rate is not meaningful: during the first ones caches are cold and clock
 * speeds rise.
 */
const leastSteps = 100;

export class ProgressRate {
  imagesPerSecond = 0;
  /** Mean loss over the steps of the last report; undefined until there is one. */
  loss: number | undefined;
  readonly #stepsPerEpoch: number;
  readonly #allSteps: number;
  readonly #now: () => number;
  #step: number;
  #from: { readonly step: number; readonly time: number } | undefined;

  constructor({ stepsPerEpoch, settings, step }: RunSummary, now: () => number) {
    this.#stepsPerEpoch = stepsPerEpoch;
    this.#allSteps = stepsPerEpoch * settings.epochs;
    this.#step = step;
    this.#now = now;
  }

  add({ from, losses, imagesPerSecond }: EventPayload<'run.batchLosses'>): void {
    if (losses.length === 0) return;
    this.imagesPerSecond = imagesPerSecond;
    this.loss = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    this.#step = from + losses.length;
    this.#from ??= { step: this.#step, time: this.#now() };
  }

  /** Epoch that the next step belongs to, counted from 1. */
  get epoch(): number {
    return Math.floor(this.#step / this.#stepsPerEpoch) + 1;
  }

  /** Remaining seconds, estimated from elapsed time so that the evaluations between epochs count. */
  get secondsLeft(): number | undefined {
    if (!this.#from || this.#step - this.#from.step < leastSteps) return undefined;
    const secondsPerStep = (this.#now() - this.#from.time) / 1000 / (this.#step - this.#from.step);
    return secondsPerStep * (this.#allSteps - this.#step);
  }
}
