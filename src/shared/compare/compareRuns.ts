/** Compares runs by their predictions on the test images: every pair, and nets over their seeds. */
import type { Inspected } from '../inspect/inspection.ts';
import type { ProblemRecord } from '../base/problem.ts';
import type { RunSummary } from '../runs/runs.ts';
import { wilson } from '../statistics/intervals.ts';
import { countPairs } from '../statistics/pairedCounts.ts';
import { bootstrapSeedsAndImages, pairedT } from '../statistics/seeds.ts';
import type {
  ComparedPair,
  ComparedRun,
  Comparison,
  IncomparableReason,
  PairNote,
  SeedComparison,
} from './comparison.ts';
import { type TestPredictions, correctCount, correctness } from './predictions.ts';
import { comparePairs } from './verdict.ts';

export interface Looked {
  readonly predictions: TestPredictions;
  readonly of: Inspected;
  readonly checkpointHash: string;
  readonly checkpointBytes: number;
}

export interface Compared {
  readonly run: RunSummary & { readonly datasetHash: string };
  /** The result, or the reason why there is none. */
  readonly looked: Looked | ProblemRecord;
}

type Found = Compared & { readonly looked: Looked };
const isFound = (compared: Compared): compared is Found => 'predictions' in compared.looked;

export function compareRuns(all: readonly Compared[]): Comparison {
  const couples = all.flatMap((a, i) => all.slice(i + 1).map((b) => ({ a, b, reason: reasonAgainst(a, b) })));
  const comparable = couples.filter(({ reason }) => reason === null) as {
    a: Found;
    b: Found;
    reason: null;
  }[];
  const results = comparePairs(comparable.map(({ a, b }) => countsOf(a, b)));
  const pairs = couples.map((couple): ComparedPair => {
    const at = comparable.indexOf(couple as (typeof comparable)[number]);
    const result = results[at];
    return {
      pair: [couple.a.run.id, couple.b.run.id],
      result: result ? { ...result, interval: [...result.interval] } : null,
      reason: couple.reason,
      notes: notesOn(couple.a, couple.b),
    };
  });
  return { runs: all.map(describe), pairs, seeds: overSeeds(all.filter(isFound)) };
}

function describe({ run, looked }: Compared): ComparedRun {
  const { id, name, network, settings, dataset, status } = run;
  const common = { run: id, name, network: network.name, seed: settings.seed, dataset, status };
  if (!('predictions' in looked)) {
    return {
      ...common,
      ...{ of: null, checkpointHash: null, checkpointBytes: null, correct: null, total: null },
      accuracyInterval: null,
      problem: { ...looked, parameters: { ...looked.parameters } },
    };
  }
  const { of, checkpointHash, checkpointBytes, predictions } = looked;
  const correct = correctCount(predictions);
  const total = predictions.labels.length;
  const accuracyInterval: [number, number] = [...wilson(correct, total)];
  return { ...common, of, checkpointHash, checkpointBytes, correct, total, accuracyInterval, problem: null };
}

/** Returns null if both were tested on the same images. */
function reasonAgainst(a: Compared, b: Compared): IncomparableReason | null {
  if (a.run.datasetHash !== b.run.datasetHash) return 'dataset';
  if (!isFound(a) || !isFound(b)) return 'predictions';
  const [one, other] = [a.looked.predictions, b.looked.predictions];
  return one.classes === other.classes && one.labels.length === other.labels.length ? null : 'classes';
}

function countsOf(a: Found, b: Found) {
  const { labels, predictions } = a.looked.predictions;
  return countPairs(labels, predictions, b.looked.predictions.predictions);
}

function notesOn(a: Compared, b: Compared): PairNote[] {
  const split = ({ run }: Compared) => JSON.stringify(run.settings.validation);
  return [
    ...(split(a) === split(b) ? [] : ['split' as const]),
    ...([a, b].every(({ run }) => run.status === 'finished') ? [] : ['unfinished' as const]),
  ];
}

/** Returns a key that runs share if they differ only in their seed. */
function familyOf({ run }: Compared): string {
  const { network, settings, datasetHash } = run;
  const { name: _, ...net } = network;
  return JSON.stringify([net, { ...settings, seed: null }, datasetHash]);
}

function overSeeds(all: readonly Found[]): SeedComparison[] {
  const families = [...Map.groupBy(all, familyOf).values()];
  return families.flatMap((a, i) => families.slice(i + 1).flatMap((b) => compareFamilies(a, b) ?? []));
}

/** Uses the first run of a seed that a net has twice. Returns null if the nets share fewer than two seeds. */
function compareFamilies(a: readonly Found[], b: readonly Found[]): SeedComparison | null {
  if (a[0]?.run.datasetHash !== b[0]?.run.datasetHash) return null;
  const bySeed = (family: readonly Found[]) =>
    new Map(family.toReversed().map((each) => [each.run.settings.seed, each]));
  const [ofA, ofB] = [bySeed(a), bySeed(b)];
  const seeds = [...ofA.keys()].filter((seed) => ofB.has(seed)).sort((x, y) => x - y);
  const runsOf = (family: Map<number, Found>) => seeds.map((seed) => family.get(seed) as Found);
  const [runsA, runsB] = [runsOf(ofA), runsOf(ofB)];
  const accuracies = (runs: readonly Found[]) =>
    runs.map(({ looked: { predictions } }) => correctCount(predictions) / predictions.labels.length);
  const [accuraciesA, accuraciesB] = [accuracies(runsA), accuracies(runsB)];
  const t = pairedT(accuraciesA, accuraciesB);
  if (!t) return null;
  const right = (runs: readonly Found[]) => runs.map(({ looked }) => correctness(looked.predictions));
  const mean = (values: readonly number[]) => values.reduce((x, y) => x + y, 0) / values.length;
  return {
    a: runsA.map(({ run }) => run.id),
    b: runsB.map(({ run }) => run.id),
    seeds,
    meanA: mean(accuraciesA),
    meanB: mean(accuraciesB),
    difference: t.difference,
    pValue: t.pValue,
    interval: [...t.interval],
    bootstrap: seeds.length < 5 ? null : [...bootstrapSeedsAndImages(right(runsA), right(runsB)).interval],
  };
}
