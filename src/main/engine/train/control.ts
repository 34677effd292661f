/**
 * What the owner of a training run asks of it. The trainer checks it between two steps and lets messages be
 * received meanwhile.
 */
import { setImmediate } from 'node:timers/promises';
import type { Mailbox } from './mailbox.ts';

export type Wanted = 'run' | 'pause' | 'stop';

/** Milliseconds of work between two checks for messages, so that pause and stop take effect within 50. */
const breathInterval = 10;

export class Control {
  wanted: Wanted = 'run';
  /** Whether to stop at the end of the epoch. */
  finishEpoch = false;
  /** Tells operations of messages that have not been received. */
  readonly mailbox: Mailbox | undefined;
  readonly #learningRates: number[] = [];
  #lastBreath = performance.now();
  #wake: (() => void) | undefined;

  constructor(mailbox?: Mailbox) {
    this.mailbox = mailbox;
  }

  set(wanted: Wanted): void {
    // A stopped run stays stopped, whatever message arrives afterwards.
    if (this.wanted === 'stop') return;
    this.wanted = wanted;
    this.#wake?.();
  }

  /** Sets another base learning rate, which is applied before the next step, or at once in a pause. */
  setLearningRate(learningRate: number): void {
    this.#learningRates.push(learningRate);
    this.#wake?.();
  }

  /** Returns and removes the oldest learning rate that has not been applied. */
  takeLearningRate(): number | undefined {
    return this.#learningRates.shift();
  }

  /** Lets pending messages be received. */
  async listen(): Promise<void> {
    await setImmediate();
    this.#lastBreath = performance.now();
  }

  /** Lets pending messages be received if the interval has passed. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#lastBreath < breathInterval) return;
    await this.listen();
  }

  /**
   * Resolves when something other than a pause is asked for: true to continue, false to stop. `between` is
   * called after each message.
   */
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
