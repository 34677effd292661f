/** A comparison of runs in the calls: the results of each run, and of each pair of them. */
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
  /** The checkpoint that was evaluated; null if there is none, and then `problem` says why. */
  of: inspectedSchema.nullable(),
  /** SHA-256 and size of the checkpoint file. */
  checkpointHash: z.string().nullable(),
  checkpointBytes: z.int().nullable(),
  correct: z.int().nullable(),
  total: z.int().nullable(),
  /** Wilson's 95% interval of the accuracy. */
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

/** The reason why two runs cannot be compared: other data, other classes, or missing predictions of one of them. */
export const incomparableReasons = ['dataset', 'classes', 'predictions'] as const;
export type IncomparableReason = (typeof incomparableReasons)[number];

/** Caveats of a verdict: other images were held out for validation; a run has not ended. */
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
  /** Student's paired t-test over the seeds. */
  pValue: z.number(),
  interval,
  /** Bootstrap over seeds and images; null for fewer than five seeds. */
  bootstrap: interval.nullable(),
});
export type SeedComparison = z.infer<typeof seedComparisonSchema>;

export const comparisonSchema = z.strictObject({
  /** Runs in the requested order. */
  runs: z.array(comparedRunSchema),
  /** All pairs, those of the first run first. */
  pairs: z.array(comparedPairSchema),
  /** Every two nets that share at least two seeds. */
  seeds: z.array(seedComparisonSchema),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** A comparison that was saved under a name. */
export const keptComparisonSchema = z.strictObject({
  id: runId,
  name: z.string().trim().min(1).max(120),
  runs: z.array(runId).min(2).max(mostCompared),
  /** The run that the others are compared with; one of `runs`. */
  baseline: runId.nullable(),
  /** The note in Markdown. */
  note: z.string().max(100_000),
  updatedAt: z.string(),
});
export type KeptComparison = z.infer<typeof keptComparisonSchema>;
