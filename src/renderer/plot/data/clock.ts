/**
 * The training time of a run at each of its steps, without pauses and evaluations. The ends of epochs are measured, and
 * some steps between them were read (plot/data/series.ts); between two of these, all steps are assumed to take equally
 * long.
 */
import type { ClockReading } from '../../../shared/runs/runs.ts';
import type { RunSeries } from './series.ts';

export class RunClock {
  readonly #steps: number[] = [0];
  readonly #seconds: number[] = [0];

  constructor({ epochs, clock }: Pick<RunSeries, 'epochs' | 'clock'>, stepsPerEpoch: number) {
    const ends: ClockReading[] = [];
    let sum = 0;
    for (const { epoch, trainSeconds } of epochs) {
      sum += trainSeconds;
      ends.push({ step: epoch * stepsPerEpoch, seconds: sum });
    }
    let next = 0;
    for (const end of ends) {
      // Readings are estimates until the epoch's end is known: they may not exceed it.
      for (; next < clock.length && clock[next]!.step < end.step; next++) {
        this.#add(clock[next]!.step, Math.min(clock[next]!.seconds, end.seconds));
      }
      this.#add(end.step, end.seconds);
    }
    for (; next < clock.length; next++) this.#add(clock[next]!.step, clock[next]!.seconds);
  }

  /**
   * Returns the seconds after `steps` steps; beyond the known steps, at the pace of the last ones; NaN if nothing is
   * known.
   */
  secondsAt(steps: number): number {
    return interpolate(this.#steps, this.#seconds, steps);
  }

  /** Returns the steps done after the given seconds, not a whole number. */
  stepsAt(seconds: number): number {
    return interpolate(this.#seconds, this.#steps, seconds);
  }

  #add(step: number, seconds: number): void {
    const last = this.#steps.length - 1;
    if (step <= this.#steps[last]!) return;
    this.#steps.push(step);
    this.#seconds.push(Math.max(seconds, this.#seconds[last]!));
  }
}

/** Interpolates linearly between points with ascending `xs`, and extrapolates from the last two. */
function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  if (xs.length < 2) return x === 0 ? 0 : NaN;
  let low = 0;
  let high = xs.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle]! <= x) low = middle;
    else high = middle;
  }
  const width = xs[high]! - xs[low]!;
  if (width === 0) return ys[high]!;
  return ys[low]! + ((x - xs[low]!) / width) * (ys[high]! - ys[low]!);
}
