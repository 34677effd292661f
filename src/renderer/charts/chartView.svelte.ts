/**
 * The shared view of several charts: the quantity on their horizontal axis, the visible range, the cursor, and the
 * hidden lines. Charts draw this state and write every zoom to it, so that they move together.
 */
import { SvelteSet } from 'svelte/reactivity';
import type { Range, XAxis } from '../plot/xAxis.ts';

/** The kinds of lines that a run can have. */
export const lineKinds = [
  'batch',
  'smoothed',
  'running',
  'testLoss',
  'validationLoss',
  'testAccuracy',
  'validationAccuracy',
] as const;
export type LineKind = (typeof lineKinds)[number];

/** The values that a chart leaves out of its runs, and whether another scale would show them better. */
export interface Outside {
  /** Runs with visible values above or below the range of the value axis. */
  readonly runs: readonly number[];
  /** The value that exceeds the axis most; null if values are only below it. */
  readonly highest: number | null;
  /** A logarithmic axis would separate lines that overlap on this one. */
  readonly suggestsLogarithmic: boolean;
}

/** The highest zoom, as a fraction of the full range. */
const closest = 1 / 20_000;

export class ChartView {
  axis = $state.raw<XAxis>('epoch');
  logarithmic = $state.raw(false);
  /** Position of the smoothing slider; 0 turns smoothing off. */
  smoothing = $state.raw(0);
  /** The visible range, in the axis's units; null for all of it, including growth. */
  range = $state.raw<Range | null>(null);
  cursor = $state.raw<number | null>(null);
  /** The cursor stays where it is until it is released. */
  pinned = $state.raw(false);
  /** The value axes that were set by hand, by the chart's id (`CurvePlot`). */
  valueRanges = $state.raw<Readonly<Record<string, Range>>>({});
  /** True if the value axes include everything, even outliers. */
  everything = $state.raw(false);
  /** The omissions of each chart, by the chart's id; a chart writes them when it draws. */
  outside = $state.raw<Readonly<Record<string, Outside>>>({});
  readonly hiddenRuns = new SvelteSet<number>();
  readonly hiddenKinds = new SvelteSet<LineKind>();
  /** The full range, which charts keep up to date as they draw. Nothing is drawn from it, so it is not reactive. */
  full: Range = { min: 0, max: 1 };

  readonly #onScale: ((logarithmic: boolean) => void) | undefined;

  /** `onScale` is called with the scale that a person chooses, to remember it. */
  constructor(onScale?: (logarithmic: boolean) => void) {
    this.#onScale = onScale;
  }

  get shown(): Range {
    return this.range ?? this.full;
  }

  /** Changes the axis. In another unit every position differs, so that the zoom and the cursor are reset. */
  chooseAxis(axis: XAxis): void {
    if (axis === this.axis) return;
    this.axis = axis;
    this.reset();
    this.release();
  }

  chooseScale(logarithmic: boolean): void {
    this.logarithmic = logarithmic;
    this.#onScale?.(logarithmic);
  }

  /** Sets a chart's value range by hand; null makes it automatic again. */
  setValueRange(chart: string, range: Range | null): void {
    const { [chart]: _, ...others } = this.valueRanges;
    this.valueRanges = range ? { ...others, [chart]: range } : others;
  }

  /** Stores what a chart left out; called by a chart after drawing. */
  sayOutside(chart: string, outside: Outside): void {
    if (JSON.stringify(this.outside[chart]) === JSON.stringify(outside)) return;
    this.outside = { ...this.outside, [chart]: outside };
  }

  /** Zooms to a range within the full one; the full range itself resets the zoom. */
  zoomTo({ min, max }: Range): void {
    const { full } = this;
    const whole = full.max - full.min;
    const width = Math.min(whole, Math.max(max - min, whole * closest));
    if (!(width < whole * (1 - 1e-6))) {
      this.range = null;
      return;
    }
    const middle = (min + max) / 2;
    const start = Math.min(Math.max(middle - width / 2, full.min), full.max - width);
    this.range = { min: start, max: start + width };
  }

  /** A `factor` above 1 zooms in, around the cursor if it is visible, otherwise around the middle. */
  zoomBy(factor: number): void {
    const { min, max } = this.shown;
    const { cursor } = this;
    const centre = cursor !== null && cursor >= min && cursor <= max ? cursor : (min + max) / 2;
    this.zoomTo({ min: centre - (centre - min) / factor, max: centre + (max - centre) / factor });
  }

  /** Pans by a fraction of the visible range, to the right if positive. */
  panBy(part: number): void {
    const { min, max } = this.shown;
    const by = (max - min) * part;
    this.zoomTo({ min: min + by, max: max + by });
  }

  reset(): void {
    this.range = null;
  }

  /** Moves the cursor with the pointer unless it is pinned. */
  point(x: number | null): void {
    if (!this.pinned) this.cursor = x;
  }

  /** Pins the cursor at `x`, or releases it if it is pinned there. */
  pin(x: number): void {
    this.pinned = !this.pinned;
    this.cursor = x;
  }

  release(): void {
    this.pinned = false;
    this.cursor = null;
  }

  /** Moves the cursor by a fraction of the visible range, starting from the middle; the cursor stays visible. */
  moveCursor(part: number): void {
    const { min, max } = this.shown;
    const from = this.cursor ?? (min + max) / 2;
    this.cursor = Math.min(max, Math.max(min, from + (max - min) * part));
  }

  toggleRun(run: number): void {
    toggle(this.hiddenRuns, run);
  }

  toggleKind(kind: LineKind): void {
    toggle(this.hiddenKinds, kind);
  }

  /** Shows only this run of `all`; shows all of them if it is already the only one. */
  soloRun(run: number, all: readonly number[]): void {
    solo(this.hiddenRuns, run, all);
  }

  soloKind(kind: LineKind, all: readonly LineKind[]): void {
    solo(this.hiddenKinds, kind, all);
  }
}

function toggle<T>(hidden: Set<T>, item: T): void {
  if (!hidden.delete(item)) hidden.add(item);
}

function solo<T>(hidden: Set<T>, item: T, all: readonly T[]): void {
  const alone = !hidden.has(item) && all.every((each) => each === item || hidden.has(each));
  hidden.clear();
  if (alone) return;
  for (const each of all) if (each !== item) hidden.add(each);
}
