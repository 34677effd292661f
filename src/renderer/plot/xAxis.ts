/**
 * The quantity on a chart's horizontal axis, as a function of steps, and its inverse: steps, epochs, examples seen or
 * seconds of training.
 */
import { RunClock } from './data/clock.ts';
import { growingExtent } from './data/extent.ts';
import type { Trace } from './data/trace.ts';

export const xAxes = ['epoch', 'step', 'examples', 'seconds'] as const;
export type XAxis = (typeof xAxes)[number];

export interface Mapping {
  /** Returns the run's position on the axis after `steps` steps; NaN if it is unknown. */
  toX(steps: number): number;
  /** Returns the steps that a run has done at `x`; not always a whole number. */
  toSteps(x: number): number;
}

export function mappingOf(axis: XAxis, trace: Trace): Mapping {
  const { stepsPerEpoch, imagesPerEpoch, batchSize } = trace;
  switch (axis) {
    case 'step':
      return { toX: (steps) => steps, toSteps: (x) => x };
    case 'epoch':
      return { toX: (steps) => steps / stepsPerEpoch, toSteps: (x) => x * stepsPerEpoch };
    case 'examples':
      return {
        // An epoch's last batch is shorter where the batch size does not divide the images.
        toX: (steps) => {
          const epochs = Math.floor(steps / stepsPerEpoch);
          const rest = (steps - epochs * stepsPerEpoch) * batchSize;
          return epochs * imagesPerEpoch + Math.min(rest, imagesPerEpoch);
        },
        toSteps: (x) => {
          const epochs = Math.floor(x / imagesPerEpoch);
          return epochs * stepsPerEpoch + Math.min(stepsPerEpoch, (x - epochs * imagesPerEpoch) / batchSize);
        },
      };
    case 'seconds': {
      const clock = new RunClock(trace.series, stepsPerEpoch);
      return { toX: (steps) => clock.secondsAt(steps), toSteps: (x) => clock.stepsAt(x) };
    }
  }
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * Returns the range from 0 to the runs' progress: it grows in a few large steps while they train, so that the axis does
 * not move all the time, but never beyond the planned end; once all are done, it ends exactly where they do.
 */
export function fullRange(axis: XAxis, traces: readonly Trace[], mappings: readonly Mapping[]): Range {
  let progress = 0;
  let planned = 0;
  let done = true;
  for (const [index, { series, stepsPerEpoch, plannedEpochs }] of traces.entries()) {
    const mapping = mappings[index]!;
    const steps = stepsPerEpoch * plannedEpochs;
    progress = Math.max(progress, mapping.toX(series.length) || 0);
    planned = Math.max(planned, mapping.toX(steps) || 0);
    done &&= series.length >= steps;
  }
  if (done && progress > 0) return { min: 0, max: progress };
  // The total duration changes with the pace.
  const most = axis === 'seconds' || planned === 0 ? Infinity : planned;
  return { min: 0, max: growingExtent(progress, most) };
}
