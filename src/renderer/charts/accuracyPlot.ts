/**
 * Accuracy after each epoch, in percent, on the test set and on the held-out validation images; the best epoch is
 * marked.
 */
import type { Chart } from 'chart.js';
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import { formatPercent, formatPercentTick } from '../i18n/format.ts';
import { m } from '../paraglide/messages.js';
import { plainLine } from '../plot/dataLayer.ts';
import { accuracyFloor } from '../plot/data/extent.ts';
import type { Palette } from '../plot/palette.ts';
import { type Trace, runColour, runShape } from '../plot/data/trace.ts';
import { bestEpochOf } from './bestEpochs.ts';
import type { ChartView } from './chartView.svelte.ts';
import type { CurvePlot, PlotLine, Scene, Window } from './curve/curvePlot.ts';
import { eventLines } from './curve/eventLines.ts';
import { fillEpochs } from './lossPlot.ts';

export function accuracyPlot(view: ChartView): CurvePlot {
  return {
    id: 'accuracy',
    everyStep: false,
    linesOf: () => [
      { kind: 'testAccuracy', dataset: { ...plainLine, data: [] } },
      { kind: 'validationAccuracy', dataset: { ...plainLine, data: [] } },
    ],
    dress,
    fill,
    fit: (low) => ({ min: accuracyFloor(low), max: 100 }),
    logarithmic: () => false,
    outliers: () => null,
    // The loss chart has the labels of the runs' events.
    wordsAbove: () => false,
    marks: (scene) => ({ ...eventLines(scene, view, false), ...bestMark(scene, view) }),
    tickY: formatPercentTick,
  };
}

function dress({ run }: Trace, lines: readonly PlotLine[], palette: Palette): void {
  const colour = palette.run(runColour(run));
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

function fill(trace: Trace, { kind, dataset }: PlotLine, window: Window): void {
  fillEpochs(trace, dataset, window, ({ testCorrect, testTotal, details }) => {
    if (kind === 'testAccuracy') return (100 * testCorrect) / testTotal;
    return details?.validation ? (100 * details.validation.correct) / details.validation.total : NaN;
  });
}

/** Marks the best epoch of every run with a ring; labels for more than one would cover the lines. */
function bestMark(
  { traces, mappings, range, palette }: Scene,
  view: ChartView,
): Record<string, AnnotationOptions> {
  const [trace, ...others] = traces.filter(({ run }) => !view.hiddenRuns.has(run));
  const mapping = trace && mappings[traces.indexOf(trace)];
  const record = trace?.series.epochs.find(({ epoch }) => epoch === bestEpochOf(trace));
  if (!trace || !mapping || !record || others.length > 0 || view.hiddenKinds.has('testAccuracy')) return {};
  const percent = (100 * record.testCorrect) / record.testTotal;
  const x = mapping.toX(record.epoch * trace.stepsPerEpoch);
  if (x < range.min || x > range.max) return {};
  // The label's side depends on the visible range: a wider picture of that range must look the same there.
  const { min, max } = view.shown;
  const place = (x - min) / (max - min);
  // The ring marks the point. The label is placed below or above it at the chart's edge, clear of the line through it.
  const low = ({ scales }: Chart) => percent < (scales['y']!.min + scales['y']!.max) / 2;
  return {
    best: {
      type: 'label',
      xValue: x,
      yValue: ({ chart }) => (low(chart) ? chart.scales['y']!.max : chart.scales['y']!.min),
      yAdjust: ({ chart }) => (low(chart) ? 6 : -6),
      position: ({ chart }) => ({
        x: place > 0.85 && place <= 1 ? 'end' : place >= 0 && place < 0.15 ? 'start' : 'center',
        y: low(chart) ? 'start' : 'end',
      }),
      content: m.watch_best_mark({ accuracy: formatPercent(percent, 2), epoch: record.epoch }),
      color: palette.ink,
      backgroundColor: palette.card,
      borderRadius: 4,
      padding: { x: 4, y: 2 },
      font: { family: palette.font, size: 12, weight: 'bold' },
    },
  };
}
