/**
 * Chart.js, set up once for every chart: only the parts in use are registered (the rest stays out of the bundle), no
 * animation, no parsing (points come as {x, y}), and a tooltip that shows each line's point nearest to the cursor.
 */
import {
  Chart,
  type ChartConfiguration,
  type ChartDataset,
  Interaction,
  LineController,
  LineElement,
  LinearScale,
  LogarithmicScale,
  PointElement,
  Tooltip,
} from 'chart.js';
import { getRelativePosition } from 'chart.js/helpers';
import type { Palette } from './palette.ts';
import type { Point } from './decimate.ts';

declare module 'chart.js' {
  interface InteractionModeMap {
    nearestOfEach: (typeof Interaction.modes)['nearest'];
  }
}

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Tooltip);

Interaction.modes.nearestOfEach = (chart, event) => {
  const { x } = getRelativePosition(event, chart);
  return chart.getSortedVisibleDatasetMetas().flatMap((meta) => {
    let best: { element: (typeof meta.data)[number]; index: number } | undefined;
    let distance = 24;
    for (const [index, element] of meta.data.entries()) {
      const away = Math.abs(element.x - x);
      if (away < distance) {
        best = { element, index };
        distance = away;
      }
    }
    return best ? [{ ...best, datasetIndex: meta.index }] : [];
  });
};

export type LineDataset = ChartDataset<'line', Point[]> & {
  /** For the tooltip: what this line's value is called; lines without a name are left out of it. */
  readonly valueName?: string;
};
export type LineChart = Chart<'line', Point[]>;

export interface LineChartTexts {
  title(x: number): string;
  value(y: number): string;
  tickX(x: number): string;
  tickY(y: number): string;
}

export function createLineChart(canvas: HTMLCanvasElement, texts: () => LineChartTexts): LineChart {
  const configuration: ChartConfiguration<'line', Point[]> = {
    type: 'line',
    data: { datasets: [] },
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: true,
      maintainAspectRatio: false,
      resizeDelay: 50,
      layout: { padding: { top: 8, right: 12 } },
      interaction: { mode: 'nearestOfEach', intersect: false },
      elements: { point: { radius: 0, hoverRadius: 4 }, line: { tension: 0 } },
      scales: {
        x: {
          type: 'linear',
          min: 0,
          max: 1,
          ticks: { maxRotation: 0, maxTicksLimit: 11, callback: (value) => texts().tickX(Number(value)) },
        },
        y: { type: 'linear', ticks: { maxTicksLimit: 6, callback: (value) => texts().tickY(Number(value)) } },
      },
      plugins: {
        tooltip: {
          filter: (item) => (item.dataset as LineDataset).valueName !== undefined,
          callbacks: {
            title: (items) => texts().title(items[0]?.parsed.x ?? 0),
            label: (item) =>
              `${(item.dataset as LineDataset).valueName ?? ''}  ${texts().value(item.parsed.y ?? NaN)}`,
            labelColor: ({ dataset }) => ({
              borderColor: dataset.borderColor as string,
              backgroundColor: dataset.borderColor as string,
              borderRadius: 2,
            }),
          },
        },
      },
    },
  };
  return new Chart(canvas, configuration);
}

/** Gives grid, text and tooltip the theme's colours; the next update shows them. */
export function paint(chart: LineChart, palette: Palette): void {
  const font = { family: palette.font, size: 12 };
  const { scales, plugins } = chart.options;
  for (const scale of Object.values(scales ?? {})) {
    if (!scale) continue;
    scale.grid = { ...scale.grid, color: palette.line, drawTicks: false };
    scale.border = { color: palette.line };
    scale.ticks = { ...scale.ticks, color: palette.muted, padding: 6, font };
  }
  Object.assign(plugins?.tooltip ?? {}, {
    backgroundColor: palette.card,
    titleColor: palette.ink,
    bodyColor: palette.ink,
    borderColor: palette.line,
    borderWidth: 1,
    padding: 10,
    boxWidth: 8,
    boxHeight: 8,
    boxPadding: 6,
    caretSize: 0,
    titleFont: { ...font, weight: 'bold' },
    bodyFont: font,
  });
}
