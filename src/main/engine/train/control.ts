/** What the owner of a training run wants of it. The trainer looks between two steps and lets messages in meanwhile. */
import { setImmediate } from 'node:timers/promises';

export type Wanted = 'run' | 'pause' | 'stop';

/** Milliseconds of work between two looks at the messages: pause and stop take effect within 50. */
const breathInterval = 10;

export class Control {
  wanted: Wanted = 'run';
  /** Stop at the end of the epoch. */
  finishEpoch = false;
  readonly #learningRates: number[] = [];
  #lastBreath = performance.now();
  #wake: (() => void) | undefined;

  set(wanted: Wanted): void {
    // A stopped run stays stopped, whatever arrives after.
    if (this.wanted === 'stop') return;
    this.wanted = wanted;
    this.#wake?.();
  }

  /** Another base learning rate, to be taken before the next step, or at once in a pause. */
  setLearningRate(learningRate: number): void {
    this.#learningRates.push(learningRate);
    this.#wake?.();
  }

  /** The next one that was set, in their order. */
  takeLearningRate(): number | undefined {
    return this.#learningRates.shift();
  }

  /** Lets messages in. */
  async listen(): Promise<void> {
    await setImmediate();
    this.#lastBreath = performance.now();
  }

  /** Lets messages in, if it is time. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#lastBreath < breathInterval) return;
    await this.listen();
  }

  /** Resolves when something other than a pause is wanted: true to go on, false to stop. `between` after each message. */
  async whilePaused(between: () => void): Promise<boolean> {
    while (this.wanted === 'pause') {
      between();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#wake = undefined;
    return this.wanted === 'run';
  }
}
