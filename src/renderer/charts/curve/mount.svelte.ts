/**
 * Mounts a chart on a canvas and keeps it drawn: its effects pass plain objects and request a drawing, at most once a
 * frame. Must be called in an attachment, whose effect contains these. The chart is made in a frame of its own, after
 * the page has been laid out: several charts made along with the page were one long task.
 */
import { untrack } from 'svelte';
import type { ChartView } from '../chartView.svelte.ts';
import type { CurveChart } from './curveChart.ts';
import { inTurn } from '../../plot/frame.ts';
import { readPalette } from '../../plot/palette.ts';
import type { Trace } from '../../plot/data/trace.ts';

export interface MountedChart {
  /** Null until the chart has been made. */
  chart(): CurveChart | null;
  destroy(): void;
}

export function mountChart(
  canvas: HTMLCanvasElement,
  make: (canvas: HTMLCanvasElement) => CurveChart,
  appearance: () => unknown,
  view: ChartView,
  traces: () => readonly Trace[],
): MountedChart {
  let chart = $state.raw<CurveChart | null>(null);
  const cancel = inTurn(() => (chart = make(canvas)));
  $effect(() => {
    void appearance();
    if (!chart) return;
    chart.setTraces(traces(), readPalette(canvas.parentElement!));
    chart.request();
  });
  $effect(() => {
    // All state that a drawing takes from the view is read here, so that a change requests a drawing.
    void [view.axis, view.logarithmic, view.smoothing, view.everything, view.valueRanges];
    void [view.hiddenRuns.size, view.hiddenKinds.size, ...view.hiddenRuns, ...view.hiddenKinds];
    chart?.request();
  });
  $effect(() => {
    void view.range;
    untrack(() => chart?.move());
  });
  $effect(() => {
    for (const trace of traces()) void trace.events();
    chart?.request();
  });
  $effect(() => {
    void [view.cursor, view.pinned];
    untrack(() => chart?.placeCursor());
  });
  $effect(() => {
    const stops = traces().map(({ series }) => series.onChange(() => chart?.grow()));
    return () => stops.forEach((stop) => stop());
  });
  return {
    chart: () => chart,
    destroy: () => {
      cancel();
      chart?.destroy();
    },
  };
}
