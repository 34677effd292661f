/** A comparison of runs as calls carry it: what is known of each run, and of each pair of them. */
import { z } from 'zod';
import { inspectedSchema } from '../inspect/inspection.ts';
import { problemRecordSchema } from '../runs/runs.ts';

export const mostCompared = 20;

const interval = z.tuple([z.number(), z.number()]);
const runId = z.int().positive();

export const comparedRunSchema = z.strictObject({
  run: runId,
  name: z.string(),
  network: z.string(),
  seed: z.int(),
  dataset: z.string(),
  status: z.string(),
  /** Which of the run's numbers were looked at; null where there are none, and then `problem` says why. */
  of: inspectedSchema.nullable(),
  /** SHA-256 and size of the checkpoint file. */
  checkpointHash: z.string().nullable(),
  checkpointBytes: z.int().nullable(),
  correct: z.int().nullable(),
  total: z.int().nullable(),
  /** Of the accuracy: Wilson's 95 % interval. */
  accuracyInterval: interval.nullable(),
  problem: problemRecordSchema.nullable(),
});
export type ComparedRun = z.infer<typeof comparedRunSchema>;

const pairedCountsSchema = z.strictObject({
  bothRight: z.int(),
  onlyA: z.int(),
  onlyB: z.int(),
  bothWrong: z.int(),
});

const verdictKinds = ['better', 'tooFew', 'corrected', 'borderline', 'none'] as const;

const pairResultSchema = z.strictObject({
  counts: pairedCountsSchema,
  difference: z.number(),
  interval,
  pValue: z.number(),
  midP: z.number(),
  correctedP: z.number(),
  comparisons: z.int(),
  verdict: z.enum(verdictKinds),
});

/** Why two runs cannot be compared: other data, other classes, or no predictions of one of them. */
export const incomparableReasons = ['dataset', 'classes', 'predictions'] as const;
export type IncomparableReason = (typeof incomparableReasons)[number];

/** What has to be said beside a verdict: other images were held back for validation; a run has not ended. */
export const pairNotes = ['split', 'unfinished'] as const;
export type PairNote = (typeof pairNotes)[number];

export const comparedPairSchema = z.strictObject({
  /** The runs' numbers: A, then B. */
  pair: z.tuple([runId, runId]),
  result: pairResultSchema.nullable(),
  reason: z.enum(incomparableReasons).nullable(),
  notes: z.array(z.enum(pairNotes)),
});
export type ComparedPair = z.infer<typeof comparedPairSchema>;

/** Two nets, each trained with several seeds: the difference of their mean accuracies, A minus B. */
export const seedComparisonSchema = z.strictObject({
  /** The runs of each net, paired by seed. */
  a: z.array(runId),
  b: z.array(runId),
  seeds: z.array(z.int()),
  meanA: z.number(),
  meanB: z.number(),
  difference: z.number(),
  /** Student's paired t over the seeds. */
  pValue: z.number(),
  interval,
  /** Seeds and images drawn anew, both; null for fewer than five seeds. */
  bootstrap: interval.nullable(),
});
export type SeedComparison = z.infer<typeof seedComparisonSchema>;

export const comparisonSchema = z.strictObject({
  /** In the order asked for. */
  runs: z.array(comparedRunSchema),
  /** All pairs, the first run's first. */
  pairs: z.array(comparedPairSchema),
  /** For every two nets of which at least two seeds are there in common. */
  seeds: z.array(seedComparisonSchema),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** A comparison that somebody wants to find again. */
export const keptComparisonSchema = z.strictObject({
  id: runId,
  name: z.string().trim().min(1).max(120),
  runs: z.array(runId).min(2).max(mostCompared),
  /** The run that the others are held against; one of `runs`. */
  baseline: runId.nullable(),
  /** Markdown. */
  note: z.string().max(100_000),
  updatedAt: z.string(),
});
export type KeptComparison = z.infer<typeof keptComparisonSchema>;
