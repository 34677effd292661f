/**
 * Chart.js, set up once for every chart: only the parts in use are registered (the rest stays out of the bundle), no
 * animation, no parsing (points come as {x, y}) and no events of its own: what the pointer does is told by the zoom plugin
 * and by pointer.ts, and values are read in a table beside the charts, not in a tooltip.
 */
import {
  Chart,
  type ChartConfiguration,
  LineController,
  LineElement,
  LinearScale,
  LogarithmicScale,
  type Plugin,
  PointElement,
} from 'chart.js';
import Annotation from 'chartjs-plugin-annotation';
import Zoom from 'chartjs-plugin-zoom';
import type { Point } from './decimate.ts';
import type { Palette } from './palette.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Zoom, Annotation);

export type LineChart = Chart<'line', Point[]>;

/** Left room for the values, the same in every chart so that their epochs lie under one another. */
const valueAxisWidth = 52;

export interface LineChartHooks {
  tickX(x: number): string;
  tickY(y: number): string;
  /** False keeps a wheel, a drag or a pinch from zooming. */
  mayZoom(event: Event): boolean;
  /** The user has zoomed or panned to this. */
  zoomed(min: number, max: number): void;
  /** Draws the data: between the grid and the annotations. */
  drawData(): void;
  /** Something asks for a drawing that is not `drawNow`: a plugin, a change of size. */
  wanted(): void;
}

/** A chart that is drawn by `drawNow` and by nothing else, so that a frame never draws it twice. */
export function createLineChart(
  canvas: HTMLCanvasElement,
  hooks: LineChartHooks,
): { chart: LineChart; drawNow: () => void } {
  let drawing = false;
  const gate: Plugin<'line'> = {
    id: 'gate',
    beforeUpdate: () => {
      if (drawing) return undefined;
      hooks.wanted();
      return false;
    },
    beforeDatasetsDraw: () => hooks.drawData(),
  };
  const moved = ({ chart }: { chart: Chart }) => {
    const scale = chart.scales['x']!;
    const { min, max } = scale.options as { min: number; max: number };
    // The plugin reads the scale at its next event, which may come before the next drawing.
    Object.assign(scale, { min, max });
    scale.configure();
    hooks.zoomed(min, max);
  };
  const configuration: ChartConfiguration<'line', Point[]> = {
    type: 'line',
    // Lines are drawn by dataLayer.ts.
    data: { datasets: [] },
    plugins: [gate],
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      resizeDelay: 50,
      events: [],
      layout: { padding: { top: 8, right: 12 } },
      scales: {
        x: {
          type: 'linear',
          min: 0,
          max: 1,
          ticks: {
            maxRotation: 0,
            maxTicksLimit: 11,
            includeBounds: false,
            callback: (value) => hooks.tickX(Number(value)),
          },
        },
        y: {
          type: 'linear',
          ticks: { maxTicksLimit: 6, callback: (value) => hooks.tickY(Number(value)) },
          afterFit: (axis) => (axis.width = valueAxisWidth),
        },
      },
      plugins: {
        annotation: { animations: { numbers: false, colors: false }, annotations: {} },
        zoom: {
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
        },
      },
    },
  };
  const chart = new Chart(canvas, configuration);
  return {
    chart,
    drawNow: () => {
      drawing = true;
      try {
        chart.update('none');
      } finally {
        drawing = false;
      }
    },
  };
}

export function fontOf(palette: Palette): { family: string; size: number } {
  return { family: palette.font, size: 12 };
}

/** Gives grid, text and selection the theme's colours; the next drawing shows them. */
export function paint(chart: LineChart, palette: Palette): void {
  const font = fontOf(palette);
  const { scales, plugins } = chart.options;
  for (const scale of Object.values(scales ?? {})) {
    if (!scale) continue;
    scale.grid = { ...scale.grid, color: palette.line, drawTicks: false };
    scale.border = { color: palette.line };
    scale.ticks = { ...scale.ticks, color: palette.muted, padding: 6, font };
  }
  Object.assign(plugins!.zoom!.zoom!.drag!, {
    backgroundColor: palette.selection,
    borderColor: palette.accent,
  });
}
