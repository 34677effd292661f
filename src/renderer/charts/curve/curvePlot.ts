/**
 * Defines what a chart of curves shows: a run's lines, their style, and the range of the value axis. `CurveChart` draws
 * any of these; loss and accuracy are two, and a screen that compares runs may define others.
 */
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import type { DataLine } from '../../plot/dataLayer.ts';
import type { Point } from '../../plot/data/decimate.ts';
import type { Outliers } from '../../plot/data/outliers.ts';
import type { Palette } from '../../plot/palette.ts';
import type { Trace } from '../../plot/data/trace.ts';
import type { LineKind } from '../chartView.svelte.ts';
import type { Mapping, Range } from '../../plot/xAxis.ts';

export interface PlotLine {
  readonly kind: LineKind;
  readonly dataset: DataLine;
}

/** The visible steps of a run, and the resolution of the drawing. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly buckets: number;
  /** Number of visible epochs, which may be fewer than the window has; above a limit they have no dots. */
  readonly epochsInSight: number;
  readonly mapping: Mapping;
  /** Number of runs in the chart. */
  readonly runs: number;
}

/** The input for marks: the chart's runs, each with its mapping, and the drawn range of the axis. */
export interface Scene {
  readonly traces: readonly Trace[];
  readonly mappings: readonly Mapping[];
  readonly range: Range;
  /** The visible part of that range, and the pixels per unit. */
  readonly shown: Range;
  readonly scale: number;
  readonly palette: Palette;
}

export interface CurvePlot {
  /** The key under which the view keeps this chart's own state. */
  readonly id: string;
  /** True if there are values at every step, false if only after epochs. */
  readonly everyStep: boolean;
  /** Returns the lines of a run, from the one drawn first to the last. */
  linesOf(trace: Trace): readonly PlotLine[];
  /** Sets the colours and shapes of a run's lines. */
  dress(trace: Trace, lines: readonly PlotLine[], palette: Palette): void;
  /** Fills a line's points. */
  fill(trace: Trace, line: PlotLine, window: Window): void;
  /** Returns the value axis's range for visible values between `low` and `high` (infinite if there are none). */
  fit(low: number, high: number): Range;
  /** Returns whether the value axis is logarithmic. */
  logarithmic(): boolean;
  /** Returns what the first range leaves out; null if this plot never leaves anything out. */
  outliers(traces: readonly Trace[]): Outliers | null;
  /** Returns the marks within the scene's range. */
  marks(scene: Scene): Record<string, AnnotationOptions>;
  /** Returns whether marks have labels above the plot, which need room there. */
  wordsAbove(traces: readonly Trace[]): boolean;
  /** Formats a line's value, for ticks `step` apart (0 on a logarithmic axis). */
  tickY(value: number, step: number): string;
}

/** Makes points of the epochs' values; those outside the window are left out, except one at each side. */
export function epochPoints(
  trace: Trace,
  { from, to, mapping }: Window,
  valueOf: (epoch: Trace['series']['epochs'][number]) => number,
): Point[] {
  const { stepsPerEpoch, series } = trace;
  const first = Math.floor(from / stepsPerEpoch);
  const last = Math.ceil(to / stepsPerEpoch) + 1;
  return series.epochs.flatMap((record) =>
    record.epoch < first || record.epoch > last
      ? []
      : [{ x: mapping.toX(record.epoch * stepsPerEpoch), y: valueOf(record) }],
  );
}
