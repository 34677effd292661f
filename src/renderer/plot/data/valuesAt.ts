/** A run's numbers at one position of a chart's axis, for the table under the charts. */
import type { EpochRecord } from '../../../shared/runs/runs.ts';
import { curvesOf } from '../curves.ts';
import type { Trace } from './trace.ts';
import type { Mapping } from '../xAxis.ts';

export interface ValuesAt {
  /** Steps done, and the epoch (from 1) of the last of them. */
  readonly step: number;
  readonly epoch: number;
  readonly batchLoss: number;
  /** Null without smoothing. */
  readonly smoothedLoss: number | null;
  readonly runningLoss: number;
  /** The epoch whose end is nearest; null if it is not finished. */
  readonly record: EpochRecord | null;
}

/** Returns the values at `x`, or at the run's end if `x` is null. Returns null if the run has no step there. */
export function valuesAt(
  trace: Trace,
  mapping: Mapping,
  x: number | null,
  smoothing: number,
): ValuesAt | null {
  const { series, stepsPerEpoch } = trace;
  const at = x === null ? series.length : mapping.toSteps(x);
  // Half a step beyond the end still counts as the last step.
  if (series.length === 0 || !(at <= series.length + 0.5) || at < 0) return null;
  const step = Math.min(series.length, Math.max(1, Math.round(at)));
  const nearest = x === null ? Math.floor(at / stepsPerEpoch) : Math.round(at / stepsPerEpoch);
  return {
    step,
    epoch: Math.ceil(step / stepsPerEpoch),
    batchLoss: series.losses[step - 1]!,
    smoothedLoss:
      smoothing > 0
        ? curvesOf(series)
            .smoothed(smoothing)
            .values.valueAt(step - 1)
        : null,
    runningLoss: series.runningLoss(step - 1),
    record: series.epochs.find(({ epoch }) => epoch === nearest) ?? null,
  };
}
