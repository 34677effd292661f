/**
 * How long a run still takes: its pace of late, smoothed, for the steps that are left, and what its evaluations took for
 * those that are left. What is shown counts down with the clock and is led towards the estimate, so that a single slow
 * second does not move it; how far the pace has varied is its spread.
 */

export interface TimeLeft {
  readonly seconds: number;
  /** One standard deviation, in seconds. */
  readonly spread: number;
}

export interface Ahead {
  readonly steps: number;
  readonly evaluations: number;
  /** Of one evaluation; null before the first. */
  readonly evaluationSeconds: number | null;
}

/** Seconds of training after which a reading counts for half. */
const halfLife = 8;
/** Before so much training nothing is said: the first steps are slower. */
const settled = 1;
/** An evaluation that has not been seen yet is taken for such a share of an epoch's steps, give or take all of it. */
const assumedShare = 0.12;
/** Share of the way to the estimate that what is shown goes in a second. */
const lead = 0.15;
/** Beyond such a difference something has happened (another run has begun): then it goes there at once. */
const jump = 0.5;

export class Countdown {
  #weight = 0;
  #mean = 0;
  #variance = 0;
  #trained = 0;
  #shown: number | null = null;
  #at = 0;

  /** `steps` steps have been taken in `seconds` of training. */
  took(steps: number, seconds: number): void {
    if (steps <= 0 || seconds <= 0) return;
    const pace = seconds / steps;
    const keep = 0.5 ** (seconds / halfLife);
    const weight = this.#weight * keep + seconds;
    const share = seconds / weight;
    const away = pace - this.#mean;
    this.#mean = this.#weight === 0 ? pace : this.#mean + share * away;
    this.#variance = this.#weight === 0 ? 0 : (1 - share) * (this.#variance + share * away * away);
    this.#weight = weight;
    this.#trained += seconds;
  }

  /** Null while it is not known. `now` in seconds; not to be called while the run is paused. */
  left(
    { steps, evaluations, evaluationSeconds }: Ahead,
    stepsPerEpoch: number,
    now: number,
  ): TimeLeft | null {
    if (this.#trained < settled) return null;
    const assumed = assumedShare * stepsPerEpoch * this.#mean;
    const each = evaluationSeconds ?? assumed;
    const estimate = steps * this.#mean + evaluations * each;
    // Readings vary from batch to batch; over many of them only the slow part of that is left.
    const paceSpread = steps * Math.sqrt(this.#variance) * 0.5;
    const spread = paceSpread + (evaluationSeconds === null ? evaluations * assumed : 0);
    return { seconds: this.#follow(estimate, now), spread };
  }

  /** After a pause the clock has gone on, and the run has not. */
  pause(): void {
    this.#shown = null;
  }

  #follow(estimate: number, now: number): number {
    const passed = now - this.#at;
    this.#at = now;
    const expected = this.#shown === null ? null : Math.max(0, this.#shown - passed);
    const off = expected === null ? Infinity : Math.abs(estimate - expected);
    this.#shown =
      expected === null || off > jump * Math.max(estimate, 10)
        ? estimate
        : expected + (estimate - expected) * (1 - (1 - lead) ** Math.max(0, passed));
    return this.#shown;
  }
}
