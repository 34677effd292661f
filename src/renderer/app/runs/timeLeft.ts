/**
 * Estimates how long a run still takes: its recent speed, smoothed, for the steps that are left, and the time of its
 * evaluations for those that are left. The displayed time counts down with the clock and is led towards the estimate,
 * so that a single slow second does not move it; the variation of the speed is its spread.
 */

export interface TimeLeft {
  readonly seconds: number;
  /** One standard deviation, in seconds. */
  readonly spread: number;
}

export interface Ahead {
  readonly steps: number;
  readonly evaluations: number;
  /** Seconds of one evaluation; null before the first. */
  readonly evaluationSeconds: number | null;
}

/** Seconds of training after which a reading has half its weight. */
const halfLife = 8;
/** Seconds of training before the first estimate, for the first steps are slower; and readings, whose spread is known then. */
const settled = 1;
const fewestReadings = 3;
/**
 * The first estimate is one whose ends are at most a factor of 2 apart, or so many seconds: "12 minutes to 1:25 hours"
 * would tell nobody anything.
 */
const tellingShare = 1 / 3;
const tellingSeconds = 10;
/** Seconds of training after which a wide estimate is told nevertheless: a machine that stays busy has no narrower one. */
const patience = 60;
/**
 * An evaluation that has not been measured yet is assumed to take this share of an epoch's steps, with an uncertainty
 * of the same size.
 */
const assumedShare = 0.12;
/** Share of the distance to the estimate that the displayed time covers in a second. */
const lead = 0.15;
/**
 * Relative difference beyond which the displayed time jumps to the estimate: something has happened, such as the start
 * of another run.
 */
const jump = 0.5;

export class Countdown {
  #weight = 0;
  #mean = 0;
  #variance = 0;
  #trained = 0;
  #readings = 0;
  #told = false;
  #shown: number | null = null;
  #at = 0;

  /**
   * Records that `steps` steps took `seconds` of training. Speeds have a mean over time, and seconds per step do not: a
   * second in which other programs let three steps through, instead of three hundred, would count a hundredfold.
   */
  took(steps: number, seconds: number): void {
    if (steps <= 0 || seconds <= 0) return;
    const speed = steps / seconds;
    const keep = 0.5 ** (seconds / halfLife);
    const weight = this.#weight * keep + seconds;
    const share = seconds / weight;
    const away = speed - this.#mean;
    this.#mean = this.#weight === 0 ? speed : this.#mean + share * away;
    this.#variance = this.#weight === 0 ? 0 : (1 - share) * (this.#variance + share * away * away);
    this.#weight = weight;
    this.#trained += seconds;
    this.#readings += 1;
  }

  /** Returns null while the time is unknown, or known too badly. `now` is in seconds; must not be called while the run is paused. */
  left(
    { steps, evaluations, evaluationSeconds }: Ahead,
    stepsPerEpoch: number,
    now: number,
  ): TimeLeft | null {
    if (this.#trained < settled || this.#readings < fewestReadings) return null;
    const assumed = (assumedShare * stepsPerEpoch) / this.#mean;
    const each = evaluationSeconds ?? assumed;
    const training = steps / this.#mean;
    const estimate = training + evaluations * each;
    // Readings vary from batch to batch; over many batches only the slow part of that variation remains.
    const trainingSpread = ((training * Math.sqrt(this.#variance)) / this.#mean) * 0.5;
    const spread = trainingSpread + (evaluationSeconds === null ? evaluations * assumed : 0);
    this.#told ||= this.#trained >= patience || spread <= Math.max(tellingShare * estimate, tellingSeconds);
    if (!this.#told) return null;
    return { seconds: this.#follow(estimate, now), spread };
  }

  /** During a pause the clock has advanced, but the run has not. */
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
