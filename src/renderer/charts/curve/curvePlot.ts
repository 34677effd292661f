/**
 * What a chart of curves shows: which lines a run has, how they look, how far the value axis reaches. `CurveChart` draws any
 * of these; the loss and the accuracy are two, and a screen that compares runs may make others of its own.
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

/** What is in sight of a run, in steps, and how fine it is to be drawn. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly buckets: number;
  /** How many epochs are in sight, of however more the window has: more than some have no dots. */
  readonly epochsInSight: number;
  readonly mapping: Mapping;
  /** Runs that the chart has. */
  readonly runs: number;
}

/** What marks are made for: the chart's runs, each with its mapping, and the part of the axis that is drawn. */
export interface Scene {
  readonly traces: readonly Trace[];
  readonly mappings: readonly Mapping[];
  readonly range: Range;
  /** What is in sight of it, and pixels to a unit of it. */
  readonly shown: Range;
  readonly scale: number;
  readonly palette: Palette;
}

export interface CurvePlot {
  /** Under it the view keeps what belongs to this chart alone. */
  readonly id: string;
  /** Whether there are values of every step, or after epochs alone. */
  readonly everyStep: boolean;
  /** The lines of a run, from the one drawn first to the last. */
  linesOf(trace: Trace): readonly PlotLine[];
  /** Gives the lines of a run their colours and shapes. */
  dress(trace: Trace, lines: readonly PlotLine[], palette: Palette): void;
  /** Puts a line's points. */
  fill(trace: Trace, line: PlotLine, window: Window): void;
  /** The value axis, for values in sight between `low` and `high` (infinite where there are none). */
  fit(low: number, high: number): Range;
  /** Whether that is a logarithmic one. */
  logarithmic(): boolean;
  /** What the first range leaves out; null where nothing ever is. */
  outliers(traces: readonly Trace[]): Outliers | null;
  /** Marks between the ends of the scene's range. */
  marks(scene: Scene): Record<string, AnnotationOptions>;
  /** Whether marks have words above the plot, which need room there. */
  wordsAbove(traces: readonly Trace[]): boolean;
  /** A line's value, for ticks `step` apart (0 on a logarithmic axis). */
  tickY(value: number, step: number): string;
}

/** Epochs' values as points; those that the window does not show are left out, but for one at each side. */
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
