/**
 * A run's curves as plain arrays that grow in place: charts read them directly, and nothing in here is reactive.
 *
 * The running loss is the mean of the last 300 batch losses (of all losses, before the 300th). It never changes once it
 * is drawn, and at every 300th batch of an epoch it equals the number that the course's script prints.
 */
import type { ClockReading, EpochRecord, RunningLoss } from '../../../shared/runs/runs.ts';
import { runningLossInterval } from '../../../shared/training/training.ts';

const initialCapacity = 1024;
/** Least number of steps between two kept clock readings. */
const clockInterval = 256;

export class RunSeries {
  /** Prefix sums of the losses in double precision: `sums[i]` is the sum of the first i. */
  #sums = new Float64Array(initialCapacity + 1);
  #losses = new Float32Array(initialCapacity);
  #listeners = new Set<() => void>();
  #followers = new Set<(from: number) => void>();

  /** Number of steps whose loss is known. */
  length = 0;
  runningLosses: RunningLoss[] = [];
  epochs: EpochRecord[] = [];
  /** Training time at some of the steps, in order. */
  clock: ClockReading[] = [];

  /**
   * One loss for each step; only the first `length` count. Do not hold on to the array, because growth may replace it.
   */
  get losses(): Float32Array {
    return this.#losses;
  }

  /**
   * Returns the mean loss of the `runningLossInterval` steps that end with `step` (counted from 0), or of all steps up
   * to it.
   */
  runningLoss(step: number): number {
    const from = Math.max(0, step + 1 - runningLossInterval);
    return (this.#sums[step + 1]! - this.#sums[from]!) / (step + 1 - from);
  }

  /**
   * Stores the losses of the steps from `from` on. Returns false, without storing anything, if steps before `from` are
   * missing.
   */
  put(from: number, losses: Float32Array): boolean {
    if (from > this.length) return false;
    const end = from + losses.length;
    this.#reserve(end);
    this.#losses.set(losses, from);
    this.length = Math.max(this.length, end);
    for (let step = from; step < this.length; step++)
      this.#sums[step + 1] = this.#sums[step]! + this.#losses[step]!;
    this.#changedFrom(from);
    this.changed();
    return true;
  }

  /** Removes what comes after a run's first `steps` steps, because it resumes from an earlier checkpoint. */
  cutTo(steps: number, stepsPerEpoch: number): void {
    if (steps >= this.length) return;
    this.length = steps;
    this.clock = this.clock.filter((each) => each.step <= steps);
    this.#changedFrom(steps);
    this.epochs = this.epochs.filter((each) => each.epoch * stepsPerEpoch <= steps);
    this.runningLosses = this.runningLosses.filter(
      (each) => (each.epoch - 1) * stepsPerEpoch + each.batch <= steps,
    );
    this.changed();
  }

  /** Readings a few hundred steps apart differ invisibly: only the newer one is kept. */
  putClock(readings: readonly ClockReading[]): void {
    for (const reading of readings) {
      while (this.clock.length > 0 && this.clock.at(-1)!.step >= reading.step) this.clock.pop();
      const [before, last] = this.clock.slice(-2);
      if (before && last && last.step - before.step < clockInterval) this.clock.pop();
      this.clock.push(reading);
    }
  }

  putRunningLoss(each: RunningLoss): void {
    const others = this.runningLosses.filter(
      ({ epoch, batch }) => epoch !== each.epoch || batch !== each.batch,
    );
    this.runningLosses = [...others, each].sort((a, b) => a.epoch - b.epoch || a.batch - b.batch);
    this.changed();
  }

  putEpoch(record: EpochRecord): void {
    const others = this.epochs.filter(({ epoch }) => epoch !== record.epoch);
    this.epochs = [...others, record].sort((a, b) => a.epoch - b.epoch);
    this.changed();
  }

  /** Returns the function that unsubscribes. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls the follower with the first step whose loss is new or changed, for as long as the series lives. */
  follow(follower: (from: number) => void): void {
    this.#followers.add(follower);
  }

  #changedFrom(step: number): void {
    for (const follower of this.#followers) follower(step);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #reserve(length: number): void {
    if (length <= this.#losses.length) return;
    const capacity = 2 ** Math.ceil(Math.log2(length));
    const losses = new Float32Array(capacity);
    losses.set(this.#losses);
    const sums = new Float64Array(capacity + 1);
    sums.set(this.#sums);
    this.#losses = losses;
    this.#sums = sums;
  }
}
