/** Accuracy on the test set, in percent, after each epoch; a run's best epoch is drawn larger. */
import { type LineChart, type LineChartTexts, type LineDataset, createLineChart, paint } from './chart.ts';
import { accuracyFloor } from './extent.ts';
import { setEpochAxis, valueAxisWidth } from './lossChart.ts';
import type { Palette } from './palette.ts';
import { type Trace, runColour, runShape } from './trace.ts';

export interface AccuracyTexts extends LineChartTexts {
  epochAxis(): string;
}

export class AccuracyChart {
  readonly #chart: LineChart;
  readonly #texts: AccuracyTexts;
  #traces: readonly Trace[] = [];
  #lines = new Map<number, LineDataset>();

  constructor(canvas: HTMLCanvasElement, texts: AccuracyTexts) {
    this.#texts = texts;
    this.#chart = createLineChart(canvas, () => texts);
    const { y } = this.#chart.options.scales!;
    Object.assign(y!, { max: 100, afterFit: (axis: { width: number }) => (axis.width = valueAxisWidth) });
  }

  setTraces(traces: readonly Trace[], palette: Palette): void {
    this.#traces = traces;
    this.#lines = new Map(traces.map(({ run }) => [run, this.#lines.get(run) ?? { data: [] }]));
    for (const { run, name } of traces) {
      const colour = palette.run(runColour(run));
      Object.assign(this.#lines.get(run)!, {
        borderColor: colour,
        backgroundColor: colour,
        borderWidth: 2,
        pointStyle: runShape(run),
        clip: 8,
        valueName: name,
      });
    }
    this.#chart.data.datasets = [...this.#lines.values()];
    paint(this.#chart, palette);
  }

  /** Reads the series and draws. */
  refresh(): void {
    let progress = 0;
    let planned = 1;
    let lowest = Infinity;
    for (const { run, series, stepsPerEpoch, plannedEpochs } of this.#traces) {
      const points = series.epochs.map(({ epoch, testCorrect, testTotal }) => ({
        x: epoch,
        y: (100 * testCorrect) / testTotal,
      }));
      const best = Math.max(...points.map(({ y }) => y));
      const line = this.#lines.get(run)!;
      line.data = points;
      line.pointRadius = points.map(({ y }) => (y === best ? 5.5 : 3));
      lowest = Math.min(lowest, ...points.map(({ y }) => y));
      progress = Math.max(progress, series.length / stepsPerEpoch);
      planned = Math.max(planned, plannedEpochs);
    }
    this.#chart.options.scales!['y']!.min = accuracyFloor(lowest);
    setEpochAxis(this.#chart, progress, planned, this.#texts.epochAxis());
    this.#chart.update('none');
  }

  destroy(): void {
    this.#chart.destroy();
  }
}
