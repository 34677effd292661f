/** A chart of a function and its derivative, with shaded regions and, behind them, the histogram of its inputs. */
import { Chart, Filler } from 'chart.js';
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
// The import registers the parts that lines need.
import './chartJs.ts';
import type { Point } from './data/decimate.ts';
import type { Palette } from './palette.ts';

Chart.register(Filler);

export interface FunctionCurves {
  readonly value: readonly Point[];
  readonly slope: readonly Point[];
  readonly shaded: readonly (readonly [number, number])[];
  /** Centres of bins with their proportions; empty if there is no histogram. */
  readonly inputs: readonly Point[];
  readonly from: number;
  readonly to: number;
}

export class FunctionChart {
  readonly #chart: Chart<'line', Point[]>;

  constructor(canvas: HTMLCanvasElement) {
    this.#chart = new Chart(canvas, {
      type: 'line',
      data: { datasets: [] },
      options: {
        animation: false,
        parsing: false,
        normalized: true,
        responsive: true,
        maintainAspectRatio: false,
        events: [],
        elements: { point: { radius: 0 }, line: { tension: 0, borderWidth: 2 } },
        scales: {
          x: { type: 'linear', ticks: { maxRotation: 0 } },
          y: { type: 'linear', suggestedMin: -1.25, suggestedMax: 1.5, ticks: { maxTicksLimit: 7 } },
          share: { type: 'linear', display: false, min: 0, position: 'right' },
        },
      },
    });
  }

  draw({ value, slope, shaded, inputs, from, to }: FunctionCurves, palette: Palette): void {
    const chart = this.#chart;
    const font = { family: palette.font, size: 12 };
    const highest = Math.max(1e-9, ...inputs.map(({ y }) => y));
    chart.data.datasets = [
      { data: [...value], borderColor: palette.run(1), yAxisID: 'y' },
      { data: [...slope], borderColor: palette.run(2), borderDash: [6, 4], yAxisID: 'y' },
      ...(inputs.length > 0
        ? [
            {
              data: [...inputs],
              borderColor: palette.muted,
              backgroundColor: palette.faint(3),
              borderWidth: 1,
              stepped: 'middle' as const,
              fill: 'origin' as const,
              yAxisID: 'share',
            },
          ]
        : []),
    ];
    const axis = (title: object) => ({
      grid: { color: palette.line, drawTicks: false },
      border: { color: palette.line },
      ...title,
    });
    const scales = chart.options.scales!;
    Object.assign(scales['x']!, axis({ min: from, max: to }), {
      ticks: { color: palette.muted, font, maxRotation: 0 },
    });
    Object.assign(scales['y']!, axis({}), { ticks: { color: palette.muted, font, maxTicksLimit: 7 } });
    Object.assign(scales['share']!, { max: highest * 2.5 });
    const regions = shaded.map(([left, right]): AnnotationOptions<'box'> => ({
      type: 'box',
      xMin: left,
      xMax: right,
      backgroundColor: palette.selection,
      borderWidth: 0,
      drawTime: 'beforeDatasetsDraw',
    }));
    chart.options.plugins = {
      ...chart.options.plugins,
      annotation: { animations: { numbers: false, colors: false }, annotations: regions },
    };
    chart.update('none');
  }

  destroy(): void {
    this.#chart.destroy();
  }
}
