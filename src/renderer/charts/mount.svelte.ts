/**
 * Keeps a chart in step with what it shows. Call it where effects may be made (an attachment): the chart lives as long
 * as its canvas; traces, theme and language reach it by effects, new points by the series' own listeners, and it is
 * drawn at most once a frame.
 */
import { untrack } from 'svelte';
import type { AppState } from '../state/app.svelte.ts';
import { oncePerFrame } from './frame.ts';
import { type Palette, readPalette } from './palette.ts';
import type { Trace } from './trace.ts';

export interface TraceChart {
  setTraces(traces: readonly Trace[], palette: Palette): void;
  refresh(): void;
  destroy(): void;
}

/** Gives the function that asks for a drawing. `afterDraw` is for what stands beside the chart in the page. */
export function mountChart(
  canvas: HTMLCanvasElement,
  make: (canvas: HTMLCanvasElement) => TraceChart,
  app: AppState,
  traces: () => readonly Trace[],
  settings: (chart: TraceChart) => void = () => undefined,
): () => void {
  const chart = untrack(() => make(canvas));
  const frame = oncePerFrame(() => chart.refresh());
  $effect(() => {
    // Colours and words in the chart depend on both, though only the page's style sheet and the messages know how.
    void [app.theme.shown, app.locale.current];
    chart.setTraces(traces(), readPalette(canvas.parentElement!));
    settings(chart);
    frame.request();
  });
  $effect(() => {
    const stops = traces().map(({ series }) => series.onChange(() => frame.request()));
    return () => stops.forEach((stop) => stop());
  });
  return () => {
    frame.cancel();
    chart.destroy();
  };
}
