/**
 * A chart of runs' curves over the axis that the view has chosen: it draws a `CurvePlot`, with marks and the cursor's
 * line. It reads all state when it draws, so a caller only reports a change; if runs have only grown, it draws their
 * ends and leaves the rest unchanged.
 */
import type { ChartOptions } from 'chart.js';
import type { ChartView } from '../chartView.svelte.ts';
import { placeAxes } from '../../plot/axes.ts';
import {
  type ChartJsLineChart,
  createLineChart,
  lineOptions,
  paint,
  placeScale,
  rightRoom,
  topRoom,
} from '../../plot/chartJs.ts';
import { overhang, paintLines, tailOf } from '../../plot/dataLayer.ts';
import { oncePerFrame } from '../../plot/frame.ts';
import type { Palette } from '../../plot/palette.ts';
import { CurveLines, type FilledLine } from './curveLines.ts';
import type { CurvePlot } from './curvePlot.ts';
import { MovedPicture } from './movedPicture.ts';
import { followPointer } from './pointer.ts';
import { projectionOf } from '../../plot/projection.ts';
import { tickStep } from '../../plot/ticks.ts';
import type { Trace } from '../../plot/data/trace.ts';
import { valueAxisOf } from './valueAxis.ts';
import { type Mapping, type Range, fullRange } from '../../plot/xAxis.ts';

export interface ChartTexts {
  tickX(x: number): string;
  axis(): string;
}

/** The range and size of the last drawing. */
interface Drawn {
  readonly x: Range;
  readonly y: Range;
  readonly width: number;
  readonly height: number;
}

/** Milliseconds without panning after which a chart is redrawn from its values. */
const restAfter = 150;
/** Pixels above the plot for a line of labels. */
const wordsRoom = 24;

export class CurveChart {
  readonly #chart: ChartJsLineChart;
  readonly #view: ChartView;
  readonly #plot: CurvePlot;
  readonly #texts: ChartTexts;
  readonly #drawNow: () => void;
  readonly #frame = oncePerFrame(() => this.#draw());
  readonly #cursor: HTMLElement;
  readonly #stopFollowing: () => void;
  readonly #lines: CurveLines;
  #palette!: Palette;
  #traces: readonly Trace[] = [];
  /** Null if the next drawing must begin from the values. */
  #drawn: Drawn | null = null;
  /** Lines of the last drawing that began from the values. */
  #painted: readonly FilledLine[] = [];
  /** Position from which lines are painted; null paints all of them. */
  #paintedFrom: number | null = null;
  /** The picture that replaces the chart while it is panned. */
  readonly #moved: MovedPicture;
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** A chart outside the viewport is neither panned nor drawn; it is drawn once it scrolls into view. */
  #inSight = true;
  #grewUnseen = false;
  #destroyed = false;
  readonly #sight = new IntersectionObserver((entries) => {
    this.#inSight = entries.at(-1)!.isIntersecting;
    if (this.#inSight && this.#grewUnseen) this.grow();
  });

  constructor(canvas: HTMLCanvasElement, view: ChartView, plot: CurvePlot, texts: ChartTexts) {
    this.#view = view;
    this.#plot = plot;
    this.#texts = texts;
    this.#lines = new CurveLines(plot, view);
    const { chart, drawNow } = createLineChart(canvas, {
      tickX: (x) => texts.tickX(x),
      tickY: (y, step) => plot.tickY(y, step),
      // A page that is scrolled past a chart continues to scroll, unless the chart has been chosen.
      mayZoom: (event) =>
        !(event instanceof WheelEvent) ||
        event.ctrlKey ||
        event.metaKey ||
        (canvas.parentElement?.matches(':focus-within') ?? false),
      zoomed: (min, max) => view.zoomTo({ min, max }),
      // Chart.js defers a change of size; the chart may have been removed by then.
      wanted: () => {
        if (!this.#destroyed) this.#frame.request();
      },
      drawData: () => this.#drawData(),
    });
    this.#chart = chart;
    this.#drawNow = drawNow;
    this.#moved = new MovedPicture(chart);
    this.#cursor = document.createElement('div');
    this.#cursor.className = 'cursor';
    canvas.parentElement!.append(this.#cursor);
    this.#stopFollowing = followPointer(canvas, chart, view);
    this.#sight.observe(canvas);
  }

  setTraces(traces: readonly Trace[], palette: Palette): void {
    this.#traces = traces;
    this.#palette = palette;
    this.#lines.setTraces(traces, palette);
    paint(this.#options, palette);
    this.#cursor.style.borderColor = palette.muted;
  }

  /** Redraws everything in the next frame. */
  request(): void {
    this.#drawn = null;
    this.#frame.request();
  }

  /** New values are drawn in the next frame, or once a panned chart rests or scrolls into view. */
  grow(): void {
    this.#grewUnseen = !this.#inSight;
    if (this.#rest === undefined && this.#inSight) this.#frame.request();
  }

  /** Shows another range. If the range has only shifted, the lines' picture is moved and its axis stays as it is. */
  move(): void {
    const { min, max } = this.#view.shown;
    const before = this.#drawn?.x;
    const sameScale = before !== undefined && Math.abs((max - min) / (before.max - before.min) - 1) < 1e-6;
    // A hand that turns round or pulls beyond the end comes back to the range that was drawn, and still pans.
    const sideways = sameScale && (before.min !== min || this.#rest !== undefined);
    if (!sideways) {
      this.#endMove();
      this.request();
      return;
    }
    this.#restLater();
    this.#frame.request();
  }

  /** Draws pending changes, and returns what a picture of the chart is made from. */
  settled(): { chart: ChartJsLineChart; lines: readonly FilledLine[]; palette: Palette; axis: string } {
    this.#frame.cancel();
    this.#endMove();
    this.#drawAnew();
    return {
      chart: this.#chart,
      lines: this.#painted,
      palette: this.#palette,
      axis: this.#texts.axis(),
    };
  }

  /** The range of the value axis; null before the first drawing. */
  get valueRange(): Range | null {
    return this.#drawn?.y ?? null;
  }

  /** Positions the cursor line, and gives the style sheet its position and the side with enough room. */
  placeCursor(): void {
    const { cursor, pinned } = this.#view;
    const { x } = this.#chart.scales;
    const inSight = x !== undefined && cursor !== null && cursor >= x.min && cursor <= x.max;
    const { parentElement: drawing } = this.#cursor;
    // The property is written only when it changes: even the same value costs the browser a style recalculation.
    if (this.#cursor.hidden === inSight) {
      this.#cursor.hidden = !inSight;
      drawing!.dataset['cursor'] = inSight ? 'there' : '';
    }
    if (!inSight) return;
    const { top, bottom, left, right } = this.#chart.chartArea;
    const at = x.getPixelForValue(cursor);
    this.#cursor.style.transform = `translate(${at - 0.5}px, ${top}px)`;
    this.#cursor.style.height = `${bottom - top}px`;
    this.#cursor.dataset['pinned'] = String(pinned);
    drawing!.style.setProperty('--cursor', `${Math.round(at)}px`);
    drawing!.style.setProperty('--drawing', `${this.#chart.width}px`);
    drawing!.dataset['side'] = at > (left + right) / 2 ? 'left' : 'right';
  }

  destroy(): void {
    this.#destroyed = true;
    this.#frame.cancel();
    this.#endMove();
    this.#moved.remove();
    this.#sight.disconnect();
    this.#stopFollowing();
    this.#cursor.remove();
    this.#chart.destroy();
  }

  /**
   * Returns the options as they were set: `chart.options` yields Chart.js's proxies, which it cannot take as parts of
   * its options.
   */
  get #options(): ChartOptions<'line'> {
    return this.#chart.config.options as ChartOptions<'line'>;
  }

  get #pixels(): number {
    const { chartArea } = this.#chart;
    return chartArea ? Math.max(100, chartArea.width) : 600;
  }

  #draw(): void {
    const { width, height } = this.#chart;
    const drawn = this.#drawn;
    const kept = drawn !== null && drawn.width === width && drawn.height === height;
    if (kept && this.#rest !== undefined) this.#drawMoved(drawn.y);
    else if (!kept || this.#moved.isThere || !this.#drawEnd(drawn)) this.#drawAnew();
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
    const chart = this.#chart;
    const { x, mappings } = this.#lookAlong();
    this.#moved.remove();
    this.#painted = this.#lines.fill(x, this.#pixels);
    const { range: y, outside } = valueAxisOf(this.#plot, this.#view, this.#traces, this.#painted, x);
    this.#view.sayOutside(this.#plot.id, outside);
    this.#place(this.#options, x, y, mappings);
    Object.assign(this.#options.plugins!.zoom!.limits!['x']!, this.#view.full);
    this.#drawNow();
    this.#drawn = { x, y, width: chart.width, height: chart.height };
    this.#lines.noteDrawn(this.#painted, this.#pixels, this.#scale(x));
  }

  /** Draws the ends of lines that have grown. Returns false, without drawing, if there is more to redraw. */
  #drawEnd(drawn: Drawn): boolean {
    const chart = this.#chart;
    const { x } = this.#lookAlong();
    if (x.min !== drawn.x.min || x.max !== drawn.x.max) return false;
    const filled = this.#lines.fill(x, this.#pixels);
    const { range: y, outside } = valueAxisOf(this.#plot, this.#view, this.#traces, filled, x);
    const part = this.#lines.newPart(filled, this.#pixels, this.#scale(x));
    if (!part || y.min !== drawn.y.min || y.max !== drawn.y.max) return false;
    this.#view.sayOutside(this.#plot.id, outside);
    this.#painted = filled;
    this.#lines.noteDrawn(filled, this.#pixels, this.#scale(x));
    if (part.min > part.max) return true;
    const { ctx, height, currentDevicePixelRatio: ratio } = chart;
    const { scale, offset } = projectionOf(chart);
    const left = Math.floor((part.min * scale + offset - overhang) * ratio) / ratio;
    const right = Math.ceil((part.max * scale + offset + overhang) * ratio) / ratio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, 0, right - left, height);
    ctx.clip();
    this.#paintedFrom = (left - offset) / scale;
    chart.draw();
    this.#paintedFrom = null;
    ctx.restore();
    return true;
  }

  #drawMoved(y: Range): void {
    const { min, max } = this.#view.shown;
    const x = { min, max };
    const mappings = this.#lines.mappings();
    if (this.#inSight) {
      this.#moved.show(
        x,
        this.#view.full,
        (range) => {
          const options = lineOptions({
            tickX: (each) => this.#texts.tickX(each),
            tickY: (each, step) => this.#plot.tickY(each, step),
          });
          paint(options, this.#palette);
          this.#place(options, range, y, mappings);
          return options;
        },
        (wide, range) =>
          paintLines(
            wide.ctx,
            this.#lines.fill(range, this.#pixels).map(({ dataset }) => dataset),
            projectionOf(wide),
          ),
      );
    }
    placeScale(this.#chart, x);
    // The delay counts from the last frame: where frames are slow, the next move has not arrived yet.
    this.#restLater();
    this.#drawn = { x, y, width: this.#chart.width, height: this.#chart.height };
  }

  /** Draws the data between Chart.js's grid and its annotations. */
  #drawData(): void {
    if (this.#moved.isStill) return;
    const from = this.#paintedFrom;
    const lines = this.#painted.map(({ dataset }) => (from === null ? dataset : tailOf(dataset, from)));
    paintLines(this.#chart.ctx, lines, projectionOf(this.#chart));
  }

  /** Returns the visible range of the axis after the runs have grown. */
  #lookAlong(): { x: Range; mappings: readonly Mapping[] } {
    const mappings = this.#lines.mappings();
    this.#view.full = fullRange(this.#view.axis, this.#traces, mappings);
    return { x: { min: this.#view.shown.min, max: this.#view.shown.max }, mappings };
  }

  #scale({ min, max }: Range): number {
    return this.#pixels / (max - min);
  }

  /** Sets axes and marks of a chart that shows `x`, with the same scale and ticks as the visible one. */
  #place(options: ChartOptions<'line'>, x: Range, y: Range, mappings: readonly Mapping[]): void {
    const span = this.#view.shown.max - this.#view.shown.min;
    // Ticks are whole epochs and steps, until a fraction of one fills the chart.
    const whole = this.#view.axis !== 'seconds' && span > 2;
    const step = tickStep(span, this.#chart.width, whole);
    const logarithmic = this.#plot.logarithmic();
    placeAxes(options, { x, y, logarithmic, step, title: this.#texts.axis() }, this.#palette);
    options.plugins!.annotation!.annotations = this.#plot.marks({
      traces: this.#traces,
      mappings,
      range: x,
      shown: { min: this.#view.shown.min, max: this.#view.shown.max },
      scale: this.#scale(this.#view.shown),
      palette: this.#palette,
    });
    const top = this.#plot.wordsAbove(this.#traces) ? wordsRoom : topRoom;
    options.layout!.padding = { top, right: rightRoom };
  }
}
