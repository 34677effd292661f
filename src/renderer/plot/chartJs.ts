/**
 * Chart.js, set up once for every chart: only the parts in use are registered (the rest stays out of the bundle),
 * without animation, without parsing (points come as {x, y}) and without its own events: the zoom plugin and pointer.ts
 * handle the pointer, and a table beside the charts shows the values instead of a tooltip.
 */
import {
  Chart,
  type ChartOptions,
  LineController,
  LineElement,
  LinearScale,
  LogarithmicScale,
  type Plugin,
  PointElement,
} from 'chart.js';
import Annotation from 'chartjs-plugin-annotation';
import Zoom from 'chartjs-plugin-zoom';
import type { Point } from './data/decimate.ts';
import type { Palette } from './palette.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Zoom, Annotation);

export type ChartJsLineChart = Chart<'line', Point[]>;

/** Room at the left for the values, the same in every chart so that the charts' epochs are aligned. */
const valueAxisWidth = 56;
/** Room at the right for half of the last tick's label: it is fixed, so that a panned chart keeps its width. */
export const rightRoom = 28;
/** Room above the plot for half of the highest tick's label. */
export const topRoom = 8;
/** Distance between an axis and its tick labels. */
export const tickPadding = 6;

export interface LineChartHooks {
  tickX(x: number): string;
  /** Formats a tick of the value axis; `step` is the distance between ticks, 0 if it varies. */
  tickY(y: number, step: number): string;
  /** Returns false to keep a wheel, drag or pinch gesture from zooming. */
  mayZoom(event: Event): boolean;
  /** Called when the user has zoomed or panned to this range. */
  zoomed(min: number, max: number): void;
  /** Draws the data between the grid and the annotations. */
  drawData(): void;
  /** Called when something other than `drawNow` requests a drawing: a plugin, or a change of size. */
  wanted(): void;
}

/** Creates a chart that is drawn by `drawNow` alone, so that a frame never draws it twice. */
export function createLineChart(
  canvas: HTMLCanvasElement,
  hooks: LineChartHooks,
): { chart: ChartJsLineChart; drawNow: () => void } {
  let drawing = false;
  // Chart.js updates a chart as soon as it is created.
  const gate: Plugin<'line'> = { id: 'gate', beforeUpdate: () => drawing };
  const moved = ({ chart }: { chart: Chart }) => {
    const { min, max } = chart.scales['x']!.options as { min: number; max: number };
    // The plugin reads the scale at its next event, which may come before the next drawing.
    placeScale(chart, { min, max });
    hooks.zoomed(min, max);
  };
  const options = lineOptions(hooks);
  options.plugins!.zoom = {
    limits: { x: { min: 0, max: 1 } },
    pan: { enabled: true, mode: 'x', modifierKey: 'shift', threshold: 4, onPan: moved },
    zoom: {
      mode: 'x',
      wheel: { enabled: true, speed: 0.12 },
      pinch: { enabled: true },
      drag: { enabled: true, threshold: 6, borderWidth: 1 },
      onZoomStart: ({ event }) => hooks.mayZoom(event),
      onZoom: moved,
    },
  };
  const chart = new Chart<'line', Point[]>(canvas, {
    type: 'line',
    data: noData(),
    plugins: [gate, dataPlugin(() => hooks.drawData())],
    options,
  });
  const update = chart.update.bind(chart);
  // Even an update that a plugin's `beforeUpdate` refuses resolves all options first, at every move of the pointer.
  chart.update = () => hooks.wanted();
  return {
    chart,
    drawNow: () => {
      drawing = true;
      try {
        update('none');
      } finally {
        drawing = false;
      }
    },
  };
}

/** Creates a chart of its canvas's size, in CSS pixels, that is drawn once, here, and has no interaction. */
export function createWideChart(
  canvas: HTMLCanvasElement,
  options: ChartOptions<'line'>,
  devicePixelRatio: number,
  drawData: (chart: ChartJsLineChart) => void,
): ChartJsLineChart {
  return new Chart<'line', Point[]>(canvas, {
    type: 'line',
    data: noData(),
    plugins: [dataPlugin(drawData)],
    options: {
      ...options,
      responsive: false,
      devicePixelRatio,
      plugins: { ...options.plugins, zoom: false as never },
    },
  });
}

/** Lines are drawn by dataLayer.ts. */
const noData = () => ({ datasets: [] });

const dataPlugin = (draw: (chart: ChartJsLineChart) => void): Plugin<'line'> => ({
  id: 'data',
  beforeDatasetsDraw: (chart) => draw(chart as ChartJsLineChart),
});

/** Sets the range of a chart's horizontal scale ahead of the drawing that shows it, for plugins that read the scale. */
export function placeScale(
  { scales }: Pick<Chart, 'scales'>,
  range: { readonly min: number; readonly max: number },
): void {
  const scale = scales['x']!;
  Object.assign(scale, range);
  scale.configure();
}

/** Returns the options of a chart that is drawn on request; its axes are not placed yet. */
export function lineOptions(texts: Pick<LineChartHooks, 'tickX' | 'tickY'>): ChartOptions<'line'> {
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    resizeDelay: 50,
    events: [],
    layout: { padding: { top: topRoom, right: rightRoom } },
    scales: {
      x: {
        type: 'linear',
        min: 0,
        max: 1,
        ticks: {
          maxRotation: 0,
          // ticks.ts spaces the labels.
          autoSkip: false,
          includeBounds: false,
          callback: (value) => texts.tickX(Number(value)),
        },
        afterFit: (axis) => Object.assign(axis, { paddingLeft: 0, paddingRight: 0 }),
      },
      y: {
        type: 'linear',
        ticks: {
          maxTicksLimit: 6,
          callback(value, _index, ticks) {
            const [first, second] = ticks;
            const even = this.type === 'linear' && first && second;
            return texts.tickY(Number(value), even ? second.value - first.value : 0);
          },
        },
        afterFit: (axis) => (axis.width = valueAxisWidth),
      },
    },
    // Labels of marks may be placed above the plot.
    plugins: { annotation: { clip: false, animations: { numbers: false, colors: false }, annotations: {} } },
  };
}

export function fontOf(palette: Palette): { family: string; size: number } {
  return { family: palette.font, size: 12 };
}

/** Sets grid, text and selection to the theme's colours; the next drawing shows them. */
export function paint({ scales, plugins }: ChartOptions<'line'>, palette: Palette): void {
  const font = fontOf(palette);
  for (const scale of Object.values(scales ?? {})) {
    if (!scale) continue;
    scale.grid = { ...scale.grid, color: palette.line, drawTicks: false };
    scale.border = { color: palette.line };
    scale.ticks = { ...scale.ticks, color: palette.muted, padding: tickPadding, font };
  }
  if (!plugins?.zoom) return;
  Object.assign(plugins.zoom.zoom!.drag!, {
    backgroundColor: palette.selection,
    borderColor: palette.accent,
  });
}
