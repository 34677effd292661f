/**
 * Caches a run's per-step curves, ready to be drawn at any zoom. They are made once for each series, and kept as long
 * as it is.
 */
import type { RunSeries } from './data/series.ts';
import { Pyramid } from './data/pyramid.ts';
import { Smoothed } from './data/smoothing.ts';

export interface SmoothedCurve {
  readonly weight: number;
  readonly values: Smoothed;
  readonly pyramid: Pyramid;
}

export class RunCurves {
  readonly batch: Pyramid;
  readonly running: Pyramid;
  readonly #series: RunSeries;
  /** The smoothing weight of the last request. */
  #smoothed: SmoothedCurve | undefined;

  constructor(series: RunSeries) {
    this.#series = series;
    this.batch = new Pyramid((step) => series.losses[step]!);
    this.running = new Pyramid((step) => series.runningLoss(step));
    series.follow((from) => {
      this.batch.invalidate(from);
      this.running.invalidate(from);
      this.#smoothed?.values.invalidate(from);
      this.#smoothed?.pyramid.invalidate(from);
    });
  }

  /** Extended to the series' length. */
  smoothed(weight: number): SmoothedCurve {
    if (this.#smoothed?.weight !== weight) {
      const values = new Smoothed((step) => this.#series.losses[step]!, weight);
      this.#smoothed = { weight, values, pyramid: new Pyramid((step) => values.valueAt(step)) };
    }
    this.#smoothed.values.update(this.#series.length);
    return this.#smoothed;
  }
}

const known = new WeakMap<RunSeries, RunCurves>();

export function curvesOf(series: RunSeries): RunCurves {
  let curves = known.get(series);
  if (!curves) {
    curves = new RunCurves(series);
    known.set(series, curves);
  }
  return curves;
}
