/**
 * What the loss and the accuracy chart have in common: lines of runs over the axis that the view has chosen, the part of
 * it that is in sight, marks for what happened to a run, and the cursor's line. Reads everything when it draws, so a
 * caller only says that something has changed.
 */
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import type { ChartView, LineKind } from '../state/chartView.svelte.ts';
import { type LineChart, type LineDataset, createLineChart, paint } from './chartJs.ts';
import type { Point } from './decimate.ts';
import { oncePerFrame } from './frame.ts';
import type { Palette } from './palette.ts';
import { followPointer } from './pointer.ts';
import type { Trace } from './trace.ts';
import { type Mapping, fullRange, mappingOf } from './xAxis.ts';

export interface ChartTexts {
  tickX(x: number): string;
  tickY(y: number): string;
  axis(): string;
}

export interface Line {
  readonly kind: LineKind;
  readonly dataset: LineDataset;
}

/** What is in sight of a run, in steps, and how fine it is to be drawn. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly buckets: number;
  readonly mapping: Mapping;
}

/** Points that one chart draws at most; more runs get fewer each, though never so few that a spike is lost. */
const mostPoints = 8_000;

export abstract class CurveChart {
  protected readonly chart: LineChart;
  protected readonly view: ChartView;
  protected palette!: Palette;
  protected traces: readonly Trace[] = [];
  readonly #texts: ChartTexts;
  readonly #drawNow: () => void;
  readonly #frame = oncePerFrame(() => this.#draw());
  readonly #cursor: HTMLElement;
  readonly #stopFollowing: () => void;
  #lines = new Map<number, readonly Line[]>();

  constructor(canvas: HTMLCanvasElement, view: ChartView, texts: ChartTexts) {
    this.view = view;
    this.#texts = texts;
    const { chart, drawNow } = createLineChart(canvas, {
      tickX: (x) => texts.tickX(x),
      tickY: (y) => texts.tickY(y),
      // A page that is scrolled past a chart goes on scrolling, unless the chart has been chosen.
      mayZoom: (event) =>
        !(event instanceof WheelEvent) ||
        event.ctrlKey ||
        event.metaKey ||
        (canvas.parentElement?.matches(':focus-within') ?? false),
      zoomed: (min, max) => view.zoomTo({ min, max }),
      wanted: () => this.request(),
    });
    this.chart = chart;
    this.#drawNow = drawNow;
    this.#cursor = document.createElement('div');
    this.#cursor.className = 'cursor';
    canvas.parentElement!.append(this.#cursor);
    this.#stopFollowing = followPointer(canvas, chart, view);
  }

  /** The lines of a run, dressed by `dress`, from the one drawn first to the last. */
  protected abstract linesOf(trace: Trace): readonly Line[];
  protected abstract dress(trace: Trace, lines: readonly Line[]): void;
  /** Puts a line's points. */
  protected abstract fill(trace: Trace, line: Line, window: Window): void;
  /** The value axis, for values in sight between `low` and `high` (infinite where there are none). */
  protected abstract fit(low: number, high: number): { readonly min: number; readonly max: number };
  protected annotate(_mappings: readonly Mapping[]): Record<string, AnnotationOptions> {
    return {};
  }

  setTraces(traces: readonly Trace[], palette: Palette): void {
    this.traces = traces;
    this.palette = palette;
    this.#lines = new Map(
      traces.map((trace) => [trace.run, this.#lines.get(trace.run) ?? this.linesOf(trace)]),
    );
    for (const trace of traces) this.dress(trace, this.#lines.get(trace.run)!);
    paint(this.chart, palette);
    this.#placeCursorColour();
  }

  /** Draws in the next frame. */
  request(): void {
    this.#frame.request();
  }

  /** The picture that is there, on the card's ground. */
  picture(): HTMLCanvasElement {
    const { canvas } = this.chart;
    const copy = document.createElement('canvas');
    copy.width = canvas.width;
    copy.height = canvas.height;
    const context = copy.getContext('2d')!;
    context.fillStyle = this.palette.card;
    context.fillRect(0, 0, copy.width, copy.height);
    context.drawImage(canvas, 0, 0);
    return copy;
  }

  placeCursor(): void {
    const { cursor, pinned } = this.view;
    const { x } = this.chart.scales;
    const inSight = x !== undefined && cursor !== null && cursor >= x.min && cursor <= x.max;
    this.#cursor.hidden = !inSight;
    if (!inSight) return;
    const { top, bottom } = this.chart.chartArea;
    this.#cursor.style.transform = `translate(${x.getPixelForValue(cursor) - 0.5}px, ${top}px)`;
    this.#cursor.style.height = `${bottom - top}px`;
    this.#cursor.dataset['pinned'] = String(pinned);
  }

  destroy(): void {
    this.#frame.cancel();
    this.#stopFollowing();
    this.#cursor.remove();
    this.chart.destroy();
  }

  #placeCursorColour(): void {
    this.#cursor.style.borderColor = this.palette.muted;
  }

  #draw(): void {
    const { view, chart, traces } = this;
    const { axis } = view;
    const mappings = traces.map((trace) => mappingOf(axis, trace));
    view.full = fullRange(axis, traces, mappings);
    const { min, max } = view.shown;

    const shown = traces.flatMap((trace, index) =>
      view.hiddenRuns.has(trace.run) ? [] : [{ trace, mapping: mappings[index]! }],
    );
    const pixels = chart.chartArea ? Math.max(100, chart.chartArea.width) : 600;
    const buckets = Math.round(Math.min(pixels, mostPoints / 2 / Math.max(1, shown.length)));
    const datasets: LineDataset[] = [];
    let low = Infinity;
    let high = -Infinity;
    for (const { trace, mapping } of shown) {
      const { length } = trace.series;
      const steps = (x: number) => {
        const at = mapping.toSteps(x);
        return Number.isFinite(at) ? Math.min(length, Math.max(0, at)) : 0;
      };
      // A step's loss stands where the step ends; one more at each side leads the line out of the picture.
      const window = {
        from: Math.max(0, Math.floor(steps(min)) - 1),
        to: Math.min(length, Math.ceil(steps(max)) + 1),
        buckets,
        mapping,
      };
      for (const line of this.#lines.get(trace.run)!) {
        if (view.hiddenKinds.has(line.kind)) continue;
        this.fill(trace, line, window);
        if (line.dataset.data.length === 0) continue;
        datasets.push(line.dataset);
        for (const { x, y } of line.dataset.data) {
          if (x < min || x > max) continue;
          if (y < low) low = y;
          if (y > high) high = y;
        }
      }
    }
    chart.data.datasets = datasets;
    this.#setAxes({ min, max }, this.fit(low, high));
    chart.options.plugins!.annotation!.annotations = this.annotate(mappings);
    this.#drawNow();
    this.placeCursor();
  }

  #setAxes(x: { min: number; max: number }, y: { min: number; max: number }): void {
    const { chart, view } = this;
    const scales = chart.options.scales!;
    const ticks = scales['x']!.ticks;
    Object.assign(scales['x']!, {
      ...x,
      title: {
        display: true,
        text: this.#texts.axis(),
        align: 'end',
        color: ticks?.color,
        font: ticks?.font,
        padding: { top: -2, bottom: 0 },
      },
    });
    // Whole epochs and steps, until a part of one fills the chart.
    const whole = view.axis !== 'seconds' && x.max - x.min > 2;
    Object.assign(ticks!, { precision: whole ? 0 : undefined });
    Object.assign(scales['y']!, y);
    Object.assign(chart.options.plugins!.zoom!.limits!['x']!, view.full);
  }
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
