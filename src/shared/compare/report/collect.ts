/** Fetches all data of a report from a lab; window and terminal share it. */
import type { LabClient } from '../../api/api.ts';
import type { DatasetImages } from '../../api/calls/datasets.ts';
import type { RunDetail } from '../../runs/runs.ts';
import type { ComparedPair, Comparison } from '../comparison.ts';
import { type Disagreements, disagreementKinds, disagreementsOf } from '../disagreements.ts';
import type { TestPredictions } from '../predictions.ts';
import { type Quality, qualityOf } from '../quality.ts';

export interface MaterialRun {
  readonly detail: RunDetail;
  readonly quality: Quality | null;
}

/** Two compared runs with the predictions of each for some of the images on which they differ. */
export interface MaterialPair {
  readonly pair: ComparedPair;
  readonly predictions: readonly [a: TestPredictions, b: TestPredictions];
  readonly disagreements: Disagreements;
  readonly images: ReadonlyMap<number, { readonly image: DatasetImages; readonly position: number }>;
}

export interface Speed {
  readonly run: number;
  readonly one: number;
  readonly many: number;
}

export interface Material {
  readonly title: string;
  /** The note in Markdown, as it was written. */
  readonly note: string;
  readonly comparison: Comparison;
  readonly runs: readonly MaterialRun[];
  readonly classes: readonly string[];
  readonly pair: MaterialPair | null;
  readonly speeds: readonly Speed[];
  /** Time in ISO 8601. */
  readonly madeAt: string;
  readonly stride: string;
}

export interface ReportRequest {
  readonly runs: readonly number[];
  readonly checkpoint: 'last' | 'best';
  /** The run that the others are compared with; the first one if none is chosen. */
  readonly baseline?: number | null;
  readonly title?: string;
  readonly note?: string;
}

/** Number of images of each kind of disagreement in a report. */
export const reportedImages = 12;

/** Converts a call's reply to the form that the functions of this folder use. */
export function predictionsFrom(reply: {
  readonly labels: readonly number[];
  readonly predictions: readonly number[];
  readonly probabilities: { readonly shape: readonly number[]; readonly data: Float32Array };
}): TestPredictions {
  return {
    labels: Uint16Array.from(reply.labels),
    predictions: Uint16Array.from(reply.predictions),
    probabilities: reply.probabilities.data,
    classes: reply.probabilities.shape[1] ?? 0,
  };
}

export async function collectMaterial(lab: LabClient, wanted: ReportRequest): Promise<Material> {
  const { checkpoint } = wanted;
  const runs = orderedRuns(wanted);
  const comparison = await lab.call('compare.runs', { runs, checkpoint });
  const known = new Map<number, TestPredictions>();
  for (const { run, problem } of comparison.runs) {
    if (problem === null) {
      known.set(run, predictionsFrom(await lab.call('compare.predictions', { run, checkpoint })));
    }
  }
  const details = await Promise.all(runs.map((run) => lab.call('runs.get', { run })));
  const datasets = await lab.call('datasets.list', {});
  const classes = datasets.find(({ id }) => id === details[0]?.dataset)?.classes ?? [];
  const measured = [...known.keys()];
  const { speeds } =
    measured.length > 0 ? await lab.call('compare.speed', { runs: measured, checkpoint }) : { speeds: [] };
  const { version } = await lab.call('app.info', {});
  return {
    title: wanted.title ?? '',
    note: wanted.note ?? '',
    comparison,
    runs: details.map((detail) => {
      const predictions = known.get(detail.id);
      return { detail, quality: predictions ? qualityOf(predictions) : null };
    }),
    classes,
    pair: await collectPair(lab, comparison, known),
    speeds,
    madeAt: new Date().toISOString(),
    stride: version,
  };
}

/** Puts the baseline first: it is A of its pairs. */
function orderedRuns({ runs, baseline }: ReportRequest): number[] {
  if (!baseline || !runs.includes(baseline)) return [...runs];
  return [baseline, ...runs.filter((run) => run !== baseline)];
}

/** Collects the first pair that can be compared. */
async function collectPair(
  lab: LabClient,
  { pairs, runs }: Comparison,
  known: ReadonlyMap<number, TestPredictions>,
): Promise<MaterialPair | null> {
  const pair = pairs.find(({ result }) => result !== null);
  const [a, b] = pair ? pair.pair.map((run) => known.get(run)) : [];
  if (!pair || !a || !b) return null;
  const disagreements = disagreementsOf(a, b);
  const indices = disagreementKinds.flatMap((kind) => disagreements[kind].slice(0, reportedImages));
  const dataset = runs.find(({ run }) => run === pair.pair[0])?.dataset ?? '';
  const image =
    indices.length > 0 ? await lab.call('datasets.images', { dataset, part: 'test', indices }) : null;
  const images = new Map(
    image ? indices.map((index, position) => [index, { image, position }] as const) : [],
  );
  return { pair, predictions: [a, b], disagreements, images };
}
