/** The charts of a comparison as SVG: the window shows them, a report holds them. */
import type { RunDetail } from '../runs/runs.ts';
import { wilson } from '../statistics/intervals.ts';
import { type Band, type Line, type ChartPoint, bandOf, lineChart } from './charts/lineChart.ts';
import { costChart } from './charts/costChart.ts';
import { reliabilityChart } from './charts/reliabilityChart.ts';
import { type Cost, type CostSources, costOf } from './tables/costTable.ts';
import { percent, whole } from './numbers.ts';
import type { MaterialRun } from './report/collect.ts';
import { type CompareWord, wordIn } from './report/words.ts';
import type { Language } from '../base/languages.ts';
import { labelsOf, netName } from './sentences.ts';

export const curveMeasures = [
  'testAccuracy',
  'testLoss',
  'trainLoss',
] as const satisfies readonly CompareWord[];
export type CurveMeasure = (typeof curveMeasures)[number];

/** Epochs, optimizer steps, images seen, or seconds of training. */
export const curveAxes = ['epoch', 'step', 'images', 'seconds'] as const;
export type CurveAxis = (typeof curveAxes)[number];

export interface Look {
  readonly language: Language;
  readonly width: number;
  readonly height: number;
  readonly baseline: number | null;
  readonly lit: number | null;
}

export interface CurveChoice {
  readonly measure: CurveMeasure;
  readonly axis: CurveAxis;
  readonly axisTitle: string;
  /** Training images of an epoch, for the axis of images: the last batch may be shorter. */
  readonly imagesPerEpoch?: (run: RunDetail) => number;
  /** True if the mean and range of runs that differ only in their seed replace their lines. */
  readonly grouped: boolean;
  /** The test accuracy that runs should reach, as a fraction. */
  readonly target: number | null;
}

export function curvesChart(runs: readonly RunDetail[], choice: CurveChoice, look: Look): string {
  const { measure, axisTitle, grouped, target } = choice;
  const word = wordIn(look.language);
  const labels = labelsOf(
    look.language,
    runs.map(({ id, name }) => ({ run: id, name })),
  );
  const lines = runs.map((run): Line => ({
    run: run.id,
    label: labels.get(run.id) ?? String(run.id),
    points: curveOf(run, choice),
    baseline: run.id === look.baseline,
  }));
  const accuracy = measure === 'testAccuracy';
  const bands = grouped ? bandsOf(look.language, runs, lines) : [];
  const last = lines.map(({ label, points }) => {
    const value = points.at(-1)?.[1];
    return value === undefined ? label : `${label} ${accuracy ? `${value.toFixed(2)}%` : value.toFixed(4)}`;
  });
  return lineChart({
    lines,
    bands,
    xTitle: axisTitle,
    yTitle: accuracy ? `${word(measure)}, %` : word(measure),
    xText: (value) => whole(value),
    yText: axisText,
    label: `${word(measure)}: ${last.join(', ')}`,
    width: look.width,
    height: look.height,
    lit: look.lit,
    ...(accuracy && target !== null ? { target: 100 * target } : {}),
  });
}

/** A loss that exploded would write over the axis's title: 1.5e6 instead of 1500000. */
function axisText(value: number): string {
  return Math.abs(value) < 1e5 ? String(value) : value.toExponential().replace('e+', 'e');
}

function curveOf(run: RunDetail, { measure, axis, imagesPerEpoch }: CurveChoice): ChartPoint[] {
  const images = imagesPerEpoch?.(run) ?? run.stepsPerEpoch * run.settings.batchSize;
  let seconds = 0;
  return run.epochs.map((epoch) => {
    seconds += epoch.trainSeconds;
    const step = epoch.epoch * run.stepsPerEpoch;
    const x = { epoch: epoch.epoch, step, images: images * epoch.epoch, seconds }[axis];
    const y = {
      testAccuracy: (100 * epoch.testCorrect) / epoch.testTotal,
      testLoss: epoch.testLoss,
      trainLoss: epoch.trainLoss,
    }[measure];
    return [x, y];
  });
}

function bandsOf(language: Language, runs: readonly RunDetail[], lines: readonly Line[]): Band[] {
  const families = Map.groupBy(runs, ({ network, settings }) =>
    JSON.stringify([network.input, network.layers, { ...settings, seed: null }]),
  );
  return [...families.values()].flatMap((family) => {
    const [first] = family;
    if (!first) return [];
    const points = family.map(({ id }) => lines.find(({ run }) => run === id)?.points ?? []);
    return bandOf(first.id, `${netName(language, first.network.name)}, n = ${family.length}`, points) ?? [];
  });
}

export function calibrationChart(runs: readonly MaterialRun[], look: Look): string {
  const word = wordIn(look.language);
  const labels = labelsOf(
    look.language,
    runs.map(({ detail: { id, name } }) => ({ run: id, name })),
  );
  const measured = runs.flatMap(({ detail: { id }, quality }) =>
    quality ? [{ run: id, label: labels.get(id) ?? String(id), calibration: quality.calibration }] : [],
  );
  return reliabilityChart({
    ...look,
    runs: measured,
    xTitle: word('confidence'),
    yTitle: word('share'),
    label: `${word('calibration')}: ${measured
      .map(({ label, calibration }) => `${label} ECE ${calibration.error.toPrecision(2)}`)
      .join(', ')}`,
    pointText: (label, confidence, accuracy, count) =>
      word('binText', {
        label,
        confidence: percent(confidence, 1),
        accuracy: percent(accuracy, 1),
        count: whole(count),
      }),
  });
}

export function costsChart(
  runs: readonly MaterialRun[],
  cost: Cost,
  sources: (run: RunDetail) => CostSources,
  look: Look,
): string {
  const word = wordIn(look.language);
  const labels = labelsOf(
    look.language,
    runs.map(({ detail: { id, name } }) => ({ run: id, name })),
  );
  const points = runs.flatMap(({ detail, quality }) => {
    if (!quality) return [];
    const label = labels.get(detail.id) ?? String(detail.id);
    const accuracy = quality.correct / quality.total;
    const [low, high] = wilson(quality.correct, quality.total);
    // A high number of images per second is a low cost: its cost is the time.
    const value = costOf(cost, detail, sources(detail));
    const time = cost === 'oneAtATime' || cost === 'manyAtATime';
    return [
      {
        run: detail.id,
        label: `${label}: ${percent(accuracy, quality.total)}`,
        cost: time ? 1e3 / value : value,
        accuracy: 100 * accuracy,
        interval: [100 * low, 100 * high] as const,
      },
    ];
  });
  const time = cost === 'oneAtATime' || cost === 'manyAtATime';
  const title = time ? `ms / ${word('images')}, ${word(cost)}` : word(cost);
  return costChart({
    ...look,
    points,
    xTitle: title,
    yTitle: `${word('accuracy')}, %`,
    xText: (value) => (value >= 1000 ? whole(value) : String(value)),
    yText: (value) => String(value),
    label: `${word('accuracy')}, ${title}: ${points.map(({ label }) => label).join(', ')}`,
  });
}
