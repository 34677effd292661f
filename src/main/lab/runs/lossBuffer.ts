/** Losses that a worker has reported and history does not have yet. */
import type { RunningLoss } from '../../../shared/runs/runs.ts';
import type { History } from '../../history/open.ts';

export class LossBuffer {
  /** Total number of steps reported. */
  #step: number;
  /** Step of the first buffered loss, counted from 0. */
  #from: number;
  #losses: Float32Array[] = [];
  #runningLosses: RunningLoss[] = [];

  constructor(step: number) {
    this.#step = step;
    this.#from = step;
  }

  get step(): number {
    return this.#step;
  }

  /** Adds losses of the steps starting at `from`, which must follow the previous ones. */
  add(from: number, losses: Float32Array): void {
    if (from !== this.#step) throw new Error(`losses from step ${from} on do not follow step ${this.#step}`);
    this.#losses.push(losses);
    this.#step += losses.length;
  }

  addRunning(record: RunningLoss): void {
    this.#runningLosses.push(record);
  }

  /**
   * Writes the losses; `seconds` is the training time up to now. It must be called in a transaction, and
   * `clear` after the transaction has succeeded.
   */
  write(history: History, run: number, seconds: number): void {
    const losses = new Float32Array(this.#step - this.#from);
    let offset = 0;
    for (const part of this.#losses) {
      losses.set(part, offset);
      offset += part.length;
    }
    if (losses.length > 0) history.batchLosses.append(run, this.#from, losses, seconds);
    for (const record of this.#runningLosses) history.runningLosses.insert(run, record);
  }

  clear(): void {
    this.#losses = [];
    this.#runningLosses = [];
    this.#from = this.#step;
  }
}
