/**
 * Loss over epochs. For each run: every batch's loss, faint; the running loss; a dot at each loss that the
 * course's script would have printed; and after each epoch the loss on the test set, dashed.
 */
import { type LineChart, type LineChartTexts, type LineDataset, createLineChart, paint } from './chart.ts';
import { decimate } from './decimate.ts';
import { epochExtent } from './extent.ts';
import type { Palette } from './palette.ts';
import { type Trace, runColour, runShape } from './trace.ts';

export type LossScale = 'linear' | 'logarithmic';

export interface LossTexts extends LineChartTexts {
  epochAxis(): string;
  runningLoss(run: string): string;
  testLoss(run: string): string;
}

interface Lines {
  readonly batch: LineDataset;
  readonly running: LineDataset;
  readonly printed: LineDataset;
  readonly test: LineDataset;
}

/** Left room for the values, the same in every chart so that their epochs lie under one another. */
export const valueAxisWidth = 52;

export class LossChart {
  readonly #chart: LineChart;
  readonly #texts: LossTexts;
  #traces: readonly Trace[] = [];
  #lines = new Map<number, Lines>();

  constructor(canvas: HTMLCanvasElement, texts: LossTexts) {
    this.#texts = texts;
    this.#chart = createLineChart(canvas, () => texts);
    const { y } = this.#chart.options.scales!;
    Object.assign(y!, { afterFit: (axis: { width: number }) => (axis.width = valueAxisWidth) });
  }

  setTraces(traces: readonly Trace[], palette: Palette): void {
    this.#traces = traces;
    const lines = traces.map((trace) => [trace.run, this.#lines.get(trace.run) ?? emptyLines()] as const);
    this.#lines = new Map(lines);
    for (const trace of traces) this.#dress(trace, palette);
    this.#chart.data.datasets = [...this.#lines.values()].flatMap(
      (each) => Object.values(each) as LineDataset[],
    );
    paint(this.#chart, palette);
  }

  setScale(scale: LossScale): void {
    const axis = this.#chart.options.scales!['y']!;
    Object.assign(axis, { type: scale, beginAtZero: scale === 'linear' });
  }

  /** Reads the series and draws. */
  refresh(): void {
    let progress = 0;
    let planned = 1;
    const buckets = Math.max(100, Math.round(this.#chart.chartArea?.width ?? 600));
    for (const { run, series, stepsPerEpoch, plannedEpochs } of this.#traces) {
      const lines = this.#lines.get(run)!;
      const xOf = (step: number) => (step + 1) / stepsPerEpoch;
      decimate(lines.batch.data, (step) => series.losses[step]!, xOf, 0, series.length, buckets);
      // A mean has no spikes, and half as many points draw a smoother line.
      decimate(lines.running.data, (step) => series.runningLoss(step), xOf, 0, series.length, buckets / 2);
      lines.printed.data = series.runningLosses.map(({ epoch, batch, loss }) => ({
        x: epoch - 1 + batch / stepsPerEpoch,
        y: loss,
      }));
      lines.test.data = series.epochs.map(({ epoch, testLoss }) => ({ x: epoch, y: testLoss }));
      progress = Math.max(progress, series.length / stepsPerEpoch);
      planned = Math.max(planned, plannedEpochs);
    }
    setEpochAxis(this.#chart, progress, planned, this.#texts.epochAxis());
    this.#chart.update('none');
  }

  destroy(): void {
    this.#chart.destroy();
  }

  #dress(trace: Trace, palette: Palette): void {
    const { batch, running, printed, test } = this.#lines.get(trace.run)!;
    const colour = palette.run(runColour(trace.run));
    Object.assign(batch, {
      borderColor: palette.faint(runColour(trace.run)),
      borderWidth: 1,
      pointHoverRadius: 0,
      order: 3,
    });
    Object.assign(running, {
      borderColor: colour,
      backgroundColor: colour,
      borderWidth: 2,
      order: 1,
      valueName: this.#texts.runningLoss(trace.name),
    });
    Object.assign(printed, {
      borderColor: colour,
      backgroundColor: palette.card,
      borderWidth: 1.5,
      pointRadius: 2.5,
      pointHoverRadius: 2.5,
      showLine: false,
      order: 0,
    });
    Object.assign(test, {
      borderColor: colour,
      backgroundColor: colour,
      borderWidth: 1.5,
      borderDash: [4, 4],
      pointRadius: 3.5,
      pointStyle: runShape(trace.run),
      clip: 8,
      order: 2,
      valueName: this.#texts.testLoss(trace.name),
    });
  }
}

function emptyLines(): Lines {
  const line = (): LineDataset => ({ data: [] });
  return { batch: line(), running: line(), printed: line(), test: line() };
}

export function setEpochAxis(chart: LineChart, progress: number, planned: number, title: string): void {
  const axis = chart.options.scales!['x']!;
  const max = epochExtent(progress, planned);
  Object.assign(axis, {
    max,
    title: {
      display: true,
      text: title,
      align: 'end',
      color: axis.ticks?.color,
      font: axis.ticks?.font,
      padding: { top: -2, bottom: 0 },
    },
  });
  Object.assign(axis.ticks!, { precision: max > 1 ? 0 : undefined });
}
