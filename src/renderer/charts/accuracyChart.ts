/** Accuracy after each epoch, in percent, on the test set and on what was held back for validation; the best epoch is marked. */
import type { Chart } from 'chart.js';
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import type { ChartView } from './chartView.svelte.ts';
import { bestEpochOf } from './bestEpochs.ts';
import { type ChartTexts, type Line, type Window, CurveChart, epochPoints } from './curveChart.ts';
import { plainLine } from '../plot/dataLayer.ts';
import { eventLines } from './eventLines.ts';
import { accuracyFloor } from '../plot/extent.ts';
import { mostDots } from './lossChart.ts';
import { type Trace, runColour, runShape } from '../plot/trace.ts';
import type { Mapping, Range } from './xAxis.ts';

export interface AccuracyTexts extends ChartTexts {
  /** Of a run's best epoch. */
  best(percent: number, epoch: number): string;
}

export class AccuracyChart extends CurveChart {
  readonly #best: AccuracyTexts['best'];

  constructor(canvas: HTMLCanvasElement, view: ChartView, texts: AccuracyTexts) {
    super(canvas, view, texts);
    this.#best = (percent, epoch) => texts.best(percent, epoch);
  }

  protected linesOf(): readonly Line[] {
    return [
      { kind: 'testAccuracy', dataset: { ...plainLine, data: [] } },
      { kind: 'validationAccuracy', dataset: { ...plainLine, data: [] } },
    ];
  }

  protected dress({ run }: Trace, lines: readonly Line[]): void {
    const colour = this.palette.run(runColour(run));
    for (const { kind, dataset } of lines) {
      Object.assign(dataset, {
        borderColor: colour,
        backgroundColor: colour,
        borderWidth: kind === 'testAccuracy' ? 2 : 1.5,
        borderDash: kind === 'testAccuracy' ? [] : [1, 3],
        borderCapStyle: kind === 'testAccuracy' ? 'butt' : 'round',
        pointStyle: runShape(run),
      });
    }
  }

  protected fill(trace: Trace, { kind, dataset }: Line, window: Window): void {
    dataset.data = epochPoints(trace, window, ({ testCorrect, testTotal, details }) => {
      if (kind === 'testAccuracy') return (100 * testCorrect) / testTotal;
      return details?.validation ? (100 * details.validation.correct) / details.validation.total : NaN;
    });
    if (!dataset.data.some(({ y }) => Number.isFinite(y))) dataset.data = [];
    const best = window.mapping.toX(bestEpochOf(trace) * trace.stepsPerEpoch);
    const radius = window.epochsInSight > mostDots ? 0 : 3;
    dataset.pointRadius = dataset.data.map(({ x }) => (x === best ? 5.5 : radius));
  }

  protected fit(low: number): { min: number; max: number } {
    return { min: accuracyFloor(low), max: 100 };
  }

  protected override annotate(mappings: readonly Mapping[], range: Range): Record<string, AnnotationOptions> {
    const { traces, view, palette } = this;
    const marks = eventLines(traces, mappings, view, palette);
    for (const [id, mark] of Object.entries(marks)) {
      // Their words stand in the loss chart.
      if (mark.type === 'line') marks[id] = { ...mark, label: { display: false, content: '' } };
    }
    const [trace, ...others] = traces.filter(({ run }) => !view.hiddenRuns.has(run));
    const mapping = trace && mappings[traces.indexOf(trace)];
    const record = trace?.series.epochs.find(({ epoch }) => epoch === bestEpochOf(trace));
    // The ring shows it in all runs; words for more than one would lie over their lines.
    if (!trace || !mapping || !record || others.length > 0 || view.hiddenKinds.has('testAccuracy'))
      return marks;
    const percent = (100 * record.testCorrect) / record.testTotal;
    const x = mapping.toX(record.epoch * trace.stepsPerEpoch);
    if (x < range.min || x > range.max) return marks;
    // By what is in sight: a wider picture of it is to look the same there.
    const { min, max } = view.shown;
    const place = (x - min) / (max - min);
    // The ring marks the point. The words stand below or above it at the chart's edge, clear of the line through it.
    const low = ({ scales }: Chart) => percent < (scales['y']!.min + scales['y']!.max) / 2;
    marks['best'] = {
      type: 'label',
      xValue: x,
      yValue: ({ chart }) => (low(chart) ? chart.scales['y']!.max : chart.scales['y']!.min),
      yAdjust: ({ chart }) => (low(chart) ? 6 : -6),
      position: ({ chart }) => ({
        x: place > 0.85 && place <= 1 ? 'end' : place >= 0 && place < 0.15 ? 'start' : 'center',
        y: low(chart) ? 'start' : 'end',
      }),
      content: this.#best(percent, record.epoch),
      color: palette.ink,
      backgroundColor: palette.card,
      borderRadius: 4,
      padding: { x: 4, y: 2 },
      font: { family: palette.font, size: 12, weight: 'bold' },
    };
    return marks;
  }
}
