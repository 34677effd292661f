/**
 * What the loss and the accuracy chart have in common: lines of runs over the axis that the view has chosen, the part of
 * it that is in sight, marks for what happened to a run, and the cursor's line. Reads everything when it draws, so a
 * caller only says that something has changed.
 */
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import type { ChartView, LineKind } from '../state/chartView.svelte.ts';
import { type LineChart, createLineChart, fontOf, paint } from './chartJs.ts';
import { type DataLine, type Projection, paintLines } from './dataLayer.ts';
import type { Point } from './decimate.ts';
import { oncePerFrame } from './frame.ts';
import type { Palette } from './palette.ts';
import { followPointer } from './pointer.ts';
import { Sheet, rangeAround } from './sheet.ts';
import type { Trace } from './trace.ts';
import { type Mapping, type Range, fullRange, mappingOf } from './xAxis.ts';

export interface ChartTexts {
  tickX(x: number): string;
  tickY(y: number): string;
  axis(): string;
}

export interface Line {
  readonly kind: LineKind;
  readonly dataset: DataLine;
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
/** A chart that has not been moved for this long is drawn anew from its values; in milliseconds. */
const restAfter = 100;

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
  /** What the last drawing showed, and in what size; null where a drawing has to begin from the values. */
  #drawn: { readonly x: Range; readonly y: Range; readonly width: number; readonly height: number } | null =
    null;
  /** Drawn lines, from the last drawing that began from the values. */
  #painted: readonly DataLine[] = [];
  /** In use while the chart is moved. */
  #sheet: Sheet | null = null;
  #rest: ReturnType<typeof setTimeout> | undefined;

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
      wanted: () => this.#frame.request(),
      drawData: () => this.#drawData(),
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

  /** Draws in the next frame, all of it anew. */
  request(): void {
    this.#drawn = null;
    this.#frame.request();
  }

  /** There are more values: drawn in the next frame, or once a chart that is being moved rests. */
  grow(): void {
    if (this.#rest === undefined) this.request();
  }

  /** Another part is in sight. Where that is only farther on, the lines' picture is moved and its axis stays as it is. */
  move(): void {
    const { min, max } = this.view.shown;
    const before = this.#drawn?.x;
    const sideways =
      before !== undefined &&
      Math.abs((max - min) / (before.max - before.min) - 1) < 1e-6 &&
      before.min !== min;
    if (!sideways) {
      this.#endMove();
      this.request();
      return;
    }
    this.#restLater();
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
    this.#endMove();
    this.#stopFollowing();
    this.#cursor.remove();
    this.chart.destroy();
  }

  #placeCursorColour(): void {
    this.#cursor.style.borderColor = this.palette.muted;
  }

  #draw(): void {
    const { chart } = this;
    const drawn = this.#drawn;
    const kept = drawn !== null && drawn.width === chart.width && drawn.height === chart.height;
    if (kept && this.#rest !== undefined) this.#drawMoved(drawn.y);
    else this.#drawAnew();
    this.placeCursor();
  }

  #restLater(): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#endMove();
      this.request();
    }, restAfter);
  }

  #endMove(): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
  }

  #drawAnew(): void {
    const { view, chart, traces } = this;
    const { axis } = view;
    const mappings = traces.map((trace) => mappingOf(axis, trace));
    view.full = fullRange(axis, traces, mappings);
    const { min, max } = view.shown;
    this.#sheet = null;
    this.#painted = this.#fill({ min, max });
    let low = Infinity;
    let high = -Infinity;
    for (const { data } of this.#painted) {
      for (const { x, y } of data) {
        if (x < min || x > max) continue;
        if (y < low) low = y;
        if (y > high) high = y;
      }
    }
    const y = this.fit(low, high);
    this.#setAxes({ min, max }, y);
    chart.options.plugins!.annotation!.annotations = this.annotate(mappings);
    this.#drawNow();
    this.#drawn = { x: { min, max }, y, width: chart.width, height: chart.height };
  }

  #drawMoved(y: Range): void {
    const { chart, view } = this;
    const { min, max } = view.shown;
    if (!this.#sheet?.holds({ min, max })) {
      const range = rangeAround({ min, max }, view.full);
      this.#sheet = new Sheet(this.#fill(range), this.#projection(), range);
    }
    this.#setAxes({ min, max }, y);
    this.#drawNow();
    // Counted from what was seen last: where frames are slow, the next move is not there yet.
    this.#restLater();
    this.#drawn = { x: { min, max }, y, width: chart.width, height: chart.height };
  }

  /** What Chart.js asks for between its grid and its annotations. */
  #drawData(): void {
    const { ctx, scales } = this.chart;
    if (this.#sheet) this.#sheet.layOn(ctx, scales['x']!.min);
    else paintLines(ctx, this.#painted, this.#projection());
  }

  #projection(): Projection {
    const { chartArea: area, scales, currentDevicePixelRatio: ratio } = this.chart;
    const [x, y] = [scales['x']!, scales['y']!];
    const scale = (area.right - area.left) / (x.max - x.min);
    const logarithmic = y.type === 'logarithmic';
    // Below a logarithmic axis there is no end; out of sight is far enough.
    const position = logarithmic
      ? (value: number) => Math.log10(Math.max(value, y.min / 10))
      : (value: number) => value;
    const [bottom, top] = [position(y.min), position(y.max)];
    const yScale = (area.top - area.bottom) / (top - bottom);
    return {
      scale,
      offset: area.left - x.min * scale,
      y: (value) => area.bottom + (position(value) - bottom) * yScale,
      area: { left: area.left, top: area.top, right: area.right, bottom: area.bottom },
      ratio,
    };
  }

  /** The lines of what is shown, with their points between `min` and `max`. */
  #fill({ min, max }: Range): readonly DataLine[] {
    const { view, chart } = this;
    const shown = this.traces.filter(({ run }) => !view.hiddenRuns.has(run));
    const pixels = chart.chartArea ? Math.max(100, chart.chartArea.width) : 600;
    const screens = (max - min) / (view.shown.max - view.shown.min);
    const buckets = Math.round(screens * Math.min(pixels, mostPoints / 2 / Math.max(1, shown.length)));
    const filled: DataLine[] = [];
    for (const trace of shown) {
      const mapping = mappingOf(view.axis, trace);
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
        if (line.dataset.data.length > 0) filled.push(line.dataset);
      }
    }
    return filled;
  }

  #setAxes(x: { min: number; max: number }, y: { min: number; max: number }): void {
    const { chart, view } = this;
    const scales = chart.options.scales!;
    Object.assign(scales['x']!, {
      ...x,
      title: {
        display: true,
        text: this.#texts.axis(),
        align: 'end',
        // Not what the ticks have: read from there it is Chart.js's own proxy, which it does not bear in its options.
        color: this.palette.muted,
        font: fontOf(this.palette),
        padding: { top: -2, bottom: 0 },
      },
    });
    // Whole epochs and steps, until a part of one fills the chart.
    const whole = view.axis !== 'seconds' && x.max - x.min > 2;
    Object.assign(scales['x']!.ticks!, { precision: whole ? 0 : undefined });
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
