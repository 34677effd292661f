/**
 * Collects the losses of steps and posts them a few times per second, so that messages do not slow down a
 * fast run.
 */
import type { FromWorker } from './messages.ts';

/** Milliseconds between two messages of batch losses. */
const interval = 100;

export class LossReport {
  readonly #post: (message: FromWorker) => void;
  /** Number of steps before the first loss that is collected. */
  #from: number;
  #losses: number[] = [];
  #images = 0;
  #seconds = 0;
  #sent = performance.now();

  constructor(from: number, post: (message: FromWorker) => void) {
    this.#from = from;
    this.#post = post;
  }

  add(loss: number, images: number, seconds: number): void {
    this.#losses.push(loss);
    this.#images += images;
    this.#seconds += seconds;
  }

  /** Whether the interval since the last message has passed. */
  get due(): boolean {
    return performance.now() - this.#sent >= interval;
  }

  /** Posts the collected losses; `step` is the number of steps taken so far. */
  send(step: number): void {
    if (this.#losses.length > 0) {
      const imagesPerSecond = this.#seconds > 0 ? this.#images / this.#seconds : 0;
      const losses = Float32Array.from(this.#losses);
      this.#post({ kind: 'batchLosses', from: this.#from, losses, imagesPerSecond });
    }
    this.#from = step;
    this.#losses = [];
    this.#images = 0;
    this.#seconds = 0;
    this.#sent = performance.now();
  }
}
