/**
 * What the loss and the accuracy chart have in common: lines of runs over the axis that the view has chosen, the part of
 * it that is in sight, marks for what happened to a run, and the cursor's line. Reads everything when it draws, so a
 * caller only says that something has changed.
 */
import type { ChartOptions } from 'chart.js';
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import type { ChartView, LineKind } from './chartView.svelte.ts';
import { placeAxes } from '../plot/axes.ts';
import { type LineChart, createLineChart, lineOptions, paint, placeScale } from '../plot/chartJs.ts';
import { type DataLine, paintLines } from '../plot/dataLayer.ts';
import type { Point } from '../plot/decimate.ts';
import { oncePerFrame } from '../plot/frame.ts';
import type { Palette } from '../plot/palette.ts';
import { followPointer } from './pointer.ts';
import { projectionOf } from '../plot/projection.ts';
import { Still, Strip } from './strip.ts';
import { tickStep } from '../plot/ticks.ts';
import type { Trace } from '../plot/trace.ts';
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
  /** How many epochs are in sight, of however more the window has: more than some have no dots. */
  readonly epochsInSight: number;
  readonly mapping: Mapping;
}

/** Points that one chart draws at most; more runs get fewer each, though never so few that a spike is lost. */
const mostPoints = 8_000;
/** A chart that has not been moved for this long is drawn anew from its values; in milliseconds. */
const restAfter = 150;

/** A picture ahead of its need is one chart's a frame; linked charts come to their ends at the same time. */
let prepared = -1;
function mayPrepare(): boolean {
  const now = Number(document.timeline.currentTime ?? performance.now());
  if (now === prepared) return false;
  prepared = now;
  return true;
}

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
  /** In the chart's place while it is moved. */
  #strip: Strip | null = null;
  #still: Still | null = null;
  #moving = false;
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** A chart that is scrolled out of sight is not moved; it is drawn once all rest. */
  #inSight = true;
  #destroyed = false;
  readonly #sight = new IntersectionObserver((entries) => {
    this.#inSight = entries.at(-1)!.isIntersecting;
  });

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
      // Chart.js waits with a change of size; by then the chart's page may have been left.
      wanted: () => {
        if (!this.#destroyed) this.#frame.request();
      },
      drawData: () => this.#drawData(),
    });
    this.chart = chart;
    this.#drawNow = drawNow;
    this.#cursor = document.createElement('div');
    this.#cursor.className = 'cursor';
    canvas.parentElement!.append(this.#cursor);
    this.#stopFollowing = followPointer(canvas, chart, view);
    this.#sight.observe(canvas);
  }

  /** The lines of a run, dressed by `dress`, from the one drawn first to the last. */
  protected abstract linesOf(trace: Trace): readonly Line[];
  protected abstract dress(trace: Trace, lines: readonly Line[]): void;
  /** Puts a line's points. */
  protected abstract fill(trace: Trace, line: Line, window: Window): void;
  /** The value axis, for values in sight between `low` and `high` (infinite where there are none). */
  protected abstract fit(low: number, high: number): { readonly min: number; readonly max: number };
  /** Whether that is a logarithmic one. */
  protected get logarithmic(): boolean {
    return false;
  }
  /** Marks between `range`'s ends. */
  protected annotate(_mappings: readonly Mapping[], _range: Range): Record<string, AnnotationOptions> {
    return {};
  }

  setTraces(traces: readonly Trace[], palette: Palette): void {
    this.traces = traces;
    this.palette = palette;
    this.#lines = new Map(
      traces.map((trace) => [trace.run, this.#lines.get(trace.run) ?? this.linesOf(trace)]),
    );
    for (const trace of traces) this.dress(trace, this.#lines.get(trace.run)!);
    paint(this.#options, palette);
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
    if (this.#strip) {
      this.#endMove();
      this.#drawAnew();
    }
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
    // Written only where it changes: even the same value again costs the browser a look at its style.
    if (this.#cursor.hidden === inSight) this.#cursor.hidden = !inSight;
    if (!inSight) return;
    const { top, bottom } = this.chart.chartArea;
    this.#cursor.style.transform = `translate(${x.getPixelForValue(cursor) - 0.5}px, ${top}px)`;
    this.#cursor.style.height = `${bottom - top}px`;
    this.#cursor.dataset['pinned'] = String(pinned);
  }

  destroy(): void {
    this.#destroyed = true;
    this.#frame.cancel();
    this.#endMove();
    this.#removePictures();
    this.#sight.disconnect();
    this.#stopFollowing();
    this.#cursor.remove();
    this.chart.destroy();
  }

  /** As they were given: what `chart.options` reads are Chart.js's proxies, which it does not bear as parts of its options. */
  get #options(): ChartOptions<'line'> {
    return this.chart.config.options as ChartOptions<'line'>;
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
    const mappings = this.#mappings();
    view.full = fullRange(view.axis, traces, mappings);
    const x = { min: view.shown.min, max: view.shown.max };
    this.#removePictures();
    this.#painted = this.#fill(x);
    let low = Infinity;
    let high = -Infinity;
    for (const { data } of this.#painted) {
      for (const point of data) {
        if (point.x < x.min || point.x > x.max) continue;
        if (point.y < low) low = point.y;
        if (point.y > high) high = point.y;
      }
    }
    const y = this.fit(low, high);
    this.#place(this.#options, x, y, mappings);
    Object.assign(this.#options.plugins!.zoom!.limits!['x']!, view.full);
    this.#drawNow();
    this.#drawn = { x, y, width: chart.width, height: chart.height };
  }

  #drawMoved(y: Range): void {
    const { chart, view } = this;
    const x = { min: view.shown.min, max: view.shown.max };
    if (this.#strip?.holds(x) && !(this.#strip.isNearEnd(x) && mayPrepare())) this.#strip.show(x);
    else if (this.#inSight) this.#makeStrip(x, y);
    placeScale(chart, x);
    // Counted from what was seen last: where frames are slow, the next move is not there yet.
    this.#restLater();
    this.#drawn = { x, y, width: chart.width, height: chart.height };
  }

  #makeStrip(x: Range, y: Range): void {
    const { chart, view, palette } = this;
    const mappings = this.#mappings();
    const before = this.#strip;
    this.#strip = new Strip(
      chart,
      x,
      view.full,
      (range) => {
        const options = lineOptions(this.#texts);
        paint(options, palette);
        this.#place(options, range, y, mappings);
        return options;
      },
      (wide, range) => paintLines(wide.ctx, this.#fill(range), projectionOf(wide)),
    );
    before?.remove();
    if (this.#still) return;
    this.#moving = true;
    chart.draw();
    this.#still = new Still(chart);
  }

  #removePictures(): void {
    this.#strip?.remove();
    this.#still?.remove();
    this.#strip = null;
    this.#still = null;
    this.#moving = false;
  }

  /** What Chart.js asks for between its grid and its annotations. */
  #drawData(): void {
    if (!this.#moving) paintLines(this.chart.ctx, this.#painted, projectionOf(this.chart));
  }

  #mappings(): readonly Mapping[] {
    return this.traces.map((trace) => mappingOf(this.view.axis, trace));
  }

  /** Axes and marks of a chart that shows `x`, as the one does that shows as much as is in sight. */
  #place(options: ChartOptions<'line'>, x: Range, y: Range, mappings: readonly Mapping[]): void {
    const { chart, view, palette, logarithmic } = this;
    const span = view.shown.max - view.shown.min;
    // Whole epochs and steps, until a part of one fills the chart.
    const whole = view.axis !== 'seconds' && span > 2;
    const step = tickStep(span, chart.width, whole);
    placeAxes(options, { x, y, logarithmic, step, title: this.#texts.axis() }, palette);
    options.plugins!.annotation!.annotations = this.annotate(mappings, x);
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
        epochsInSight: (steps(view.shown.max) - steps(view.shown.min)) / trace.stepsPerEpoch,
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
