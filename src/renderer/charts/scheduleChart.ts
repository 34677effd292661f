/** A schedule as a curve: the learning rate at every step, over the epochs. It cannot be zoomed. */
import { Chart } from 'chart.js';
import { formatTick } from '../i18n/format.ts';
import '../plot/chartJs.ts';
import type { Palette } from '../plot/palette.ts';
import type { ScheduleCurve } from '../plot/data/scheduleCurve.ts';

export interface ScheduleChart {
  draw(curve: ScheduleCurve, epochs: number, palette: Palette): void;
  destroy(): void;
}

export function createScheduleChart(canvas: HTMLCanvasElement): ScheduleChart {
  const chart = new Chart<'line', { x: number; y: number }[]>(canvas, {
    type: 'line',
    data: { datasets: [{ data: [], borderWidth: 2, pointRadius: 0, tension: 0 }] },
    options: {
      animation: false,
      parsing: false,
      events: [],
      responsive: true,
      maintainAspectRatio: false,
      layout: { padding: { top: 6, right: 8 } },
      scales: {
        x: { type: 'linear', min: 0, ticks: { maxRotation: 0, maxTicksLimit: 6, precision: 0 } },
        y: {
          type: 'linear',
          min: 0,
          ticks: { maxTicksLimit: 4, callback: (value) => formatTick(Number(value)) },
        },
      },
      plugins: { zoom: { zoom: { wheel: { enabled: false } }, pan: { enabled: false } } },
    },
  });
  return {
    draw: (curve, epochs, palette) => {
      const [line] = chart.data.datasets;
      if (!line) return;
      line.data = [...curve.points];
      line.borderColor = palette.accent;
      const font = { family: palette.font, size: 11 };
      for (const scale of Object.values(chart.options.scales ?? {})) {
        if (!scale) continue;
        scale.grid = { color: palette.line, drawTicks: false };
        scale.border = { color: palette.line };
        scale.ticks = { ...scale.ticks, color: palette.muted, padding: 4, font };
      }
      const { x, y } = chart.options.scales ?? {};
      if (x) x.max = epochs;
      // A constant rate must not coincide with the upper edge.
      if (y) y.suggestedMax = curve.highest * 1.15;
      chart.update('none');
    },
    destroy: () => chart.destroy(),
  };
}
