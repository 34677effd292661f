/**
 * The loss plot. For each run: every batch's loss, faint; its moving average, if smoothing is on; the running loss with
 * a dot at each one that the course's script would have printed; and after each epoch the losses on the test set
 * (dashed) and on the held-out validation images (dotted).
 */
import type { ChartView } from './chartView.svelte.ts';
import { type CurvePlot, type PlotLine, type Window, epochPoints } from './curve/curvePlot.ts';
import { curvesOf } from '../plot/curves.ts';
import { type DataLine, plainLine } from '../plot/dataLayer.ts';
import { lossExtent } from '../plot/data/extent.ts';
import { bestEpochOf } from './bestEpochs.ts';
import { formatLossTick } from '../i18n/format.ts';
import { outliersOf } from '../plot/data/outliers.ts';
import type { Palette } from '../plot/palette.ts';
import { smoothingWeight } from '../plot/data/smoothing.ts';
import { type Trace, runColour, runShape } from '../plot/data/trace.ts';
import { eventLines, hasEventWords } from './curve/eventLines.ts';
import type { Mapping } from '../plot/xAxis.ts';

/** Largest number of runs with dots for the printed losses: more dots would cover the lines. */
const mostDotted = 3;
/** Largest number of epochs in view with dots: more dots would merge into a band. */
const mostDots = 60;

export function lossPlot(view: ChartView): CurvePlot {
  return {
    id: 'loss',
    everyStep: true,
    linesOf,
    dress,
    fill: (trace, line, window) => {
      fill(view, trace, line, window);
    },
    fit: (low, high) => {
      const { logarithmic, range } = view;
      return lossExtent(range === null && !logarithmic ? Math.min(0, low) : low, high, logarithmic);
    },
    logarithmic: () => view.logarithmic,
    outliers: (traces) => outliersOf(traces, view.logarithmic),
    marks: (scene) => eventLines(scene, view, true),
    wordsAbove: (traces) => hasEventWords(traces, view),
    tickY: formatLossTick,
  };
}

function linesOf(): readonly PlotLine[] {
  const line = (kind: PlotLine['kind']): PlotLine => ({ kind, dataset: { ...plainLine, data: [] } });
  return [
    line('batch'),
    line('testLoss'),
    line('validationLoss'),
    line('smoothed'),
    line('running'),
    line('running'),
  ];
}

function dress({ run }: Trace, lines: readonly PlotLine[], palette: Palette): void {
  const colour = palette.run(runColour(run));
  const [batch, test, validation, smoothed, running, printed] = lines.map(({ dataset }) => dataset) as [
    DataLine,
    DataLine,
    DataLine,
    DataLine,
    DataLine,
    DataLine,
  ];
  const solid = { borderColor: colour, backgroundColor: colour };
  const afterEpochs = { ...solid, borderWidth: 1.5, pointStyle: runShape(run) };
  Object.assign(batch, { borderColor: palette.faint(runColour(run)), borderWidth: 1, order: 3 });
  Object.assign(smoothed, { ...solid, borderWidth: 2, order: 1 });
  Object.assign(running, { ...solid, borderWidth: 2, order: 1 });
  Object.assign(printed, {
    borderColor: colour,
    backgroundColor: palette.card,
    borderWidth: 1.5,
    pointRadius: 2.5,
    showLine: false,
    order: 0,
  });
  Object.assign(test, { ...afterEpochs, borderDash: [4, 4], order: 2 });
  Object.assign(validation, { ...afterEpochs, borderDash: [1, 3], borderCapStyle: 'round', order: 2 });
}

function fill(view: ChartView, trace: Trace, { kind, dataset }: PlotLine, window: Window): void {
  const { series } = trace;
  const { from, to, buckets, mapping } = window;
  const xOf = (step: number) => mapping.toX(step + 1);
  const curves = curvesOf(series);
  switch (kind) {
    case 'batch':
      curves.batch.pick(dataset.data, xOf, series.length, from, to, buckets);
      return;
    case 'smoothed': {
      const weight = smoothingWeight(view.smoothing);
      if (weight === 0) dataset.data.length = 0;
      // A mean has no spikes, and fewer points draw a smoother line.
      else curves.smoothed(weight).pyramid.pick(dataset.data, xOf, series.length, from, to, buckets / 3);
      return;
    }
    case 'running':
      if (dataset.showLine === false) {
        dataset.data = window.runs > mostDotted ? [] : printedLosses(trace, mapping);
        return;
      }
      // Each run has one heavy line: beside the moving average the running loss is thin.
      dataset.borderWidth = view.smoothing > 0 ? 1 : 2;
      curves.running.pick(dataset.data, xOf, series.length, from, to, buckets / 3);
      return;
    case 'testLoss':
      fillEpochs(trace, dataset, window, ({ testLoss }) => testLoss);
      return;
    case 'validationLoss':
      fillEpochs(trace, dataset, window, ({ details }) => details?.validation?.loss ?? NaN);
      return;
    case 'testAccuracy':
    case 'validationAccuracy':
      return;
  }
}

/**
 * Fills the values after each epoch, with the best epoch's ringed; leaves the line empty if the run has no such values.
 */
export function fillEpochs(
  trace: Trace,
  dataset: DataLine,
  window: Window,
  valueOf: Parameters<typeof epochPoints>[2],
): void {
  const points = epochPoints(trace, window, valueOf);
  dataset.data = points.some(({ y }) => Number.isFinite(y)) ? points : [];
  const best = window.mapping.toX(bestEpochOf(trace) * trace.stepsPerEpoch);
  const radius = window.epochsInSight > mostDots ? 0 : 3;
  dataset.pointRadius = dataset.data.map(({ x }) => (x === best ? 5.5 : radius));
}

function printedLosses({ series, stepsPerEpoch }: Trace, mapping: Mapping) {
  return series.runningLosses.map(({ epoch, batch, loss }) => ({
    x: mapping.toX((epoch - 1) * stepsPerEpoch + batch),
    y: loss,
  }));
}
