/** Collects the losses of steps and posts them a few times a second, so that messages cost a quick run nothing. */
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

  /** Whether the last message is long enough ago. */
  get due(): boolean {
    return performance.now() - this.#sent >= interval;
  }

  /** Posts what has been collected; `step` steps have been taken by now. */
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
