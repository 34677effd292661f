/**
 * The lines of a chart's runs with the points of a drawing, and the part of a drawing that is unchanged when runs grow.
 */
import { bucketWidth } from '../../plot/data/decimate.ts';
import { type DataLine, isDense } from '../../plot/dataLayer.ts';
import type { Palette } from '../../plot/palette.ts';
import type { Trace } from '../../plot/data/trace.ts';
import type { ChartView } from '../chartView.svelte.ts';
import type { CurvePlot, PlotLine } from './curvePlot.ts';
import { type Mapping, type Range, mappingOf } from '../../plot/xAxis.ts';

/**
 * Largest number of points that one chart draws; more runs get fewer each, though never so few that a spike is lost.
 */
const mostPoints = 8_000;

export interface FilledLine {
  readonly run: number;
  readonly kind: PlotLine['kind'];
  readonly dataset: DataLine;
}

/** The last drawing of a run. If all but `length` is unchanged, only the end of its lines is new. */
interface Drawn {
  readonly length: number;
  readonly epochs: unknown;
  readonly printed: number;
  /** Steps of the widest bucket in its lines. */
  readonly bucket: number;
  /** The lines that are drawn as columns. */
  readonly dense: string;
}

export class CurveLines {
  readonly #plot: CurvePlot;
  readonly #view: ChartView;
  #traces: readonly Trace[] = [];
  #lines = new Map<number, readonly PlotLine[]>();
  #drawn = new Map<number, Drawn>();

  constructor(plot: CurvePlot, view: ChartView) {
    this.#plot = plot;
    this.#view = view;
  }

  setTraces(traces: readonly Trace[], palette: Palette): void {
    this.#traces = traces;
    this.#lines = new Map(
      traces.map((trace) => [trace.run, this.#lines.get(trace.run) ?? this.#plot.linesOf(trace)]),
    );
    for (const trace of traces) this.#plot.dress(trace, this.#lines.get(trace.run)!, palette);
  }

  mappings(): readonly Mapping[] {
    return this.#traces.map((trace) => mappingOf(this.#view.axis, trace));
  }

  /** Fills the lines of the shown runs with their points in `range`; the visible range is `pixels` wide. */
  fill({ min, max }: Range, pixels: number): readonly FilledLine[] {
    const view = this.#view;
    const shown = this.#shown;
    const screens = (max - min) / (view.shown.max - view.shown.min);
    const buckets = Math.round(screens * Math.min(pixels, mostPoints / 2 / Math.max(1, shown.length)));
    return shown.flatMap((trace) => {
      const mapping = mappingOf(view.axis, trace);
      const { length } = trace.series;
      const steps = (x: number) => {
        const at = mapping.toSteps(x);
        return Number.isFinite(at) ? Math.min(length, Math.max(0, at)) : 0;
      };
      // A step's loss is at the step's end; one more step at each side leads the line out of the picture.
      const window = {
        from: Math.max(0, Math.floor(steps(min)) - 1),
        to: Math.min(length, Math.ceil(steps(max)) + 1),
        buckets,
        epochsInSight: (steps(view.shown.max) - steps(view.shown.min)) / trace.stepsPerEpoch,
        mapping,
        runs: this.#traces.length,
      };
      return this.#lines.get(trace.run)!.flatMap((line): FilledLine[] => {
        if (view.hiddenKinds.has(line.kind)) return [];
        this.#plot.fill(trace, line, window);
        const { kind, dataset } = line;
        return dataset.data.length > 0 ? [{ run: trace.run, kind, dataset }] : [];
      });
    });
  }

  /** Records what was drawn on a width in pixels, with `scale` pixels to a unit of the axis. */
  noteDrawn(filled: readonly FilledLine[], pixels: number, scale: number): void {
    this.#drawn = new Map(
      this.#shown.map((trace) => [trace.run, this.#stateOf(trace, filled, pixels, scale)]),
    );
  }

  /** Returns the range of the axis in which `filled` differs from the last drawing; null if it may differ anywhere. */
  newPart(filled: readonly FilledLine[], pixels: number, scale: number): Range | null {
    // Along time, earlier points move as well: clock readings are estimates until an epoch has ended.
    if (this.#view.axis === 'seconds') return null;
    let min = Infinity;
    let max = -Infinity;
    for (const trace of this.#shown) {
      const before = this.#drawn.get(trace.run);
      if (!before) return null;
      const now = this.#stateOf(trace, filled, pixels, scale);
      const same =
        now.epochs === before.epochs &&
        now.bucket === before.bucket &&
        now.dense === before.dense &&
        now.length >= before.length;
      if (!same) return null;
      if (!this.#plot.everyStep) continue;
      const printed = trace.series.runningLosses
        .slice(before.printed)
        .map(({ epoch, batch }) => (epoch - 1) * trace.stepsPerEpoch + batch);
      if (now.length === before.length && printed.length === 0) continue;
      // The last bucket was not full yet, and the line comes from the one before it.
      const whole = (Math.floor(before.length / before.bucket) - 1) * before.bucket;
      const mapping = mappingOf(this.#view.axis, trace);
      min = Math.min(min, mapping.toX(Math.max(0, Math.min(whole, ...printed))));
      max = Math.max(max, mapping.toX(now.length));
    }
    return { min, max };
  }

  get #shown(): readonly Trace[] {
    return this.#traces.filter(({ run }) => !this.#view.hiddenRuns.has(run));
  }

  #stateOf(trace: Trace, filled: readonly FilledLine[], pixels: number, scale: number): Drawn {
    const { series } = trace;
    const { min, max } = this.#view.shown;
    const mapping = mappingOf(this.#view.axis, trace);
    const inSight = (x: number) => Math.min(series.length, Math.max(0, mapping.toSteps(x) || 0));
    const buckets = Math.min(pixels, mostPoints / 2 / Math.max(1, this.#shown.length));
    const own = filled.filter(({ run }) => run === trace.run);
    return {
      length: series.length,
      epochs: series.epochs,
      printed: series.runningLosses.length,
      // The means' lines have a third of the points.
      bucket: bucketWidth(Math.ceil(inSight(max) - inSight(min)) + 2, buckets / 3),
      dense: own.map(({ dataset }) => (isDense(dataset, scale) ? 1 : 0)).join(''),
    };
  }
}
