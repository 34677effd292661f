/** How a run under way is getting on: where it is, its loss just now, and when it will be done at this rate. */
import type { EventPayload } from '../../../shared/api/api.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';

/** A rate over fewer steps says little: the first ones wait for caches to fill and clocks to rise. */
const leastSteps = 100;

export class ProgressRate {
  imagesPerSecond = 0;
  /** Mean over the steps of the last report; undefined until there is one. */
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

  /** The epoch that the next step belongs to, from 1. */
  get epoch(): number {
    return Math.floor(this.#step / this.#stepsPerEpoch) + 1;
  }

  /** By the clock, so that the evaluations between epochs count too. */
  get secondsLeft(): number | undefined {
    if (!this.#from || this.#step - this.#from.step < leastSteps) return undefined;
    const secondsPerStep = (this.#now() - this.#from.time) / 1000 / (this.#step - this.#from.step);
    return secondsPerStep * (this.#allSteps - this.#step);
  }
}
