/**
 * How some charts are looked at, all of them together: what runs along them, which part of it is in sight, where the
 * cursor is, which lines are hidden. Charts draw what this says and tell it of every zoom, so they move as one.
 */
import { SvelteSet } from 'svelte/reactivity';
import type { Range, XAxis } from '../plot/xAxis.ts';

/** What a run's lines are of. */
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

/** What a chart does not show of its runs, and whether another axis would show them better. */
export interface Outside {
  /** Runs with values in sight that are higher or lower than the value axis reaches. */
  readonly runs: readonly number[];
  /** The value that is farthest above it; null where values lie below alone. */
  readonly highest: number | null;
  /** A logarithmic axis would keep the lines apart that this one lays over one another. */
  readonly suggestsLogarithmic: boolean;
}

/** The most that can be zoomed in: to this part of the whole. */
const closest = 1 / 20_000;

export class ChartView {
  axis = $state.raw<XAxis>('epoch');
  logarithmic = $state.raw(false);
  /** Position of the smoothing slider; 0 is none. */
  smoothing = $state.raw(0);
  /** What is in sight, in the axis's units; null where that is everything, also as it grows. */
  range = $state.raw<Range | null>(null);
  cursor = $state.raw<number | null>(null);
  /** The cursor stays where it is until it is released. */
  pinned = $state.raw(false);
  /** The value axes that were set by hand, by the chart's id (`CurvePlot`). */
  valueRanges = $state.raw<Readonly<Record<string, Range>>>({});
  /** The value axes hold everything, outliers too. */
  everything = $state.raw(false);
  /** What charts leave out, by their ids; they say so when they draw. */
  outside = $state.raw<Readonly<Record<string, Outside>>>({});
  readonly hiddenRuns = new SvelteSet<number>();
  readonly hiddenKinds = new SvelteSet<LineKind>();
  /** Everything there is; charts keep it up to date as they draw. Nothing is drawn from it, so it is not reactive. */
  full: Range = { min: 0, max: 1 };

  readonly #onScale: ((logarithmic: boolean) => void) | undefined;

  /** `onScale` hears of the scale that a person chooses, to keep it. */
  constructor(onScale?: (logarithmic: boolean) => void) {
    this.#onScale = onScale;
  }

  get shown(): Range {
    return this.range ?? this.full;
  }

  /** Another unit has another place for everything: what was zoomed to and pointed at is let go. */
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

  /** Sets a chart's value axis by hand; null leaves it to the chart again. */
  setValueRange(chart: string, range: Range | null): void {
    const { [chart]: _, ...others } = this.valueRanges;
    this.valueRanges = range ? { ...others, [chart]: range } : others;
  }

  /** Told by a chart that was drawn. */
  sayOutside(chart: string, outside: Outside): void {
    if (JSON.stringify(this.outside[chart]) === JSON.stringify(outside)) return;
    this.outside = { ...this.outside, [chart]: outside };
  }

  /** Keeps to what there is; all of it in sight is the same as no zoom. */
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

  /** `factor` above 1 comes closer, around the cursor where that is in sight, else around the middle. */
  zoomBy(factor: number): void {
    const { min, max } = this.shown;
    const { cursor } = this;
    const centre = cursor !== null && cursor >= min && cursor <= max ? cursor : (min + max) / 2;
    this.zoomTo({ min: centre - (centre - min) / factor, max: centre + (max - centre) / factor });
  }

  /** By a part of what is in sight, to the right where it is positive. */
  panBy(part: number): void {
    const { min, max } = this.shown;
    const by = (max - min) * part;
    this.zoomTo({ min: min + by, max: max + by });
  }

  reset(): void {
    this.range = null;
  }

  /** Follows the pointer; a pinned cursor does not. */
  point(x: number | null): void {
    if (!this.pinned) this.cursor = x;
  }

  /** Pins the cursor there, or lets it go where it is pinned. */
  pin(x: number): void {
    this.pinned = !this.pinned;
    this.cursor = x;
  }

  release(): void {
    this.pinned = false;
    this.cursor = null;
  }

  /** By a part of what is in sight, from the middle where there is no cursor yet; it stays in sight. */
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

  /** Only this one of `all`; all of them where it is the only one already. */
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
