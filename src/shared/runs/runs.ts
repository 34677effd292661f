/** Records of a run: history stores them, the window shows them and the events carry them. */
import { z } from 'zod';
import { networkSchema } from '../network/network.ts';
import { stoppingMetrics, trainingSettingsSchema } from '../training/training.ts';

/** `interrupted`: the process that trained it died; it can be resumed from its last checkpoint. */
export const runStatuses = [
  'queued',
  'running',
  'paused',
  'stopped',
  'finished',
  'failed',
  'interrupted',
] as const;
export const runStatusSchema = z.enum(runStatuses);
export type RunStatus = z.infer<typeof runStatusSchema>;

/** Statuses from which a run can be resumed. */
export const resumable: readonly RunStatus[] = ['paused', 'stopped', 'interrupted', 'failed'];

export const machineSchema = z.strictObject({
  platform: z.string(),
  arch: z.string(),
  cpu: z.string(),
  cores: z.int(),
  memoryBytes: z.number(),
});
export type Machine = z.infer<typeof machineSchema>;

export const versionsSchema = z.strictObject({
  stride: z.string(),
  node: z.string(),
  /** Version of libtensorflow; empty until the engine has been loaded once. */
  tensorflow: z.string(),
});
export type Versions = z.infer<typeof versionsSchema>;

/** A loss is not a number, or infinite, once training has diverged; that is a result like any other. */
export const lossSchema = z.custom<number>((value) => typeof value === 'number', 'must be a number');

/** Classes × classes counts, row-major: row = label, column = prediction. */
const confusionSchema = z.array(z.int());

/**
 * The health of one layer after an epoch; norms are Euclidean, over all of the layer's parameters. Null: the number
 * does not exist, or is not finite.
 */
export const layerHealthSchema = z.strictObject({
  /** Position in the sequence, disabled layers excluded, and its type. */
  index: z.int(),
  type: z.string(),
  /** Norm at the epoch's last step. Null for layers without parameters. */
  gradientNorm: z.number().nullable(),
  weightNorm: z.number().nullable(),
  /** Norm of the last step's change divided by the norm before it. */
  updateRatio: z.number().nullable(),
  /** Statistics of the layer's output on a fixed sample of the training images, in evaluation mode. */
  mean: z.number().nullable(),
  deviation: z.number().nullable(),
  /** Fraction of output elements that are exactly 0. */
  sparsity: z.number(),
  /** relu only: fraction of units (channels of a map, features) that are 0 at every position of every image. */
  dead: z.number().nullable(),
  /** sigmoid and tanh only: fraction of output elements where the slope is below 5 % of its largest. */
  saturated: z.number().nullable(),
});
export type LayerHealth = z.infer<typeof layerHealthSchema>;

export const epochDetailsSchema = z.strictObject({
  /** Learning rate at the epoch's last step. */
  learningRate: z.number(),
  validation: z.strictObject({ loss: z.number().nullable(), correct: z.int(), total: z.int() }).nullable(),
  /** Empty if `measure` is off. */
  layers: z.array(layerHealthSchema),
  /** Seconds spent on drawing and splitting the order, and on `layers`; `trainSeconds` has those of the steps. */
  dataSeconds: z.number(),
  measureSeconds: z.number(),
  imagesPerSecond: z.number(),
});
export type EpochDetails = z.infer<typeof epochDetailsSchema>;

export const epochRecordSchema = z.strictObject({
  /** Number of the epoch, from 1. */
  epoch: z.int(),
  /** Mean over the epoch's training images of the loss at the step that used them. */
  trainLoss: lossSchema,
  testLoss: lossSchema,
  testCorrect: z.int(),
  testTotal: z.int(),
  confusion: confusionSchema,
  /** Seconds in training steps, pauses excluded; and in the evaluation after them. */
  trainSeconds: z.number(),
  testSeconds: z.number(),
  /** Null in histories from before this was recorded. */
  details: epochDetailsSchema.nullable(),
});
export type EpochRecord = z.infer<typeof epochRecordSchema>;

export const runningLossSchema = z.strictObject({
  epoch: z.int(),
  /** Batches of this epoch so far, a multiple of 300. */
  batch: z.int(),
  loss: lossSchema,
});
export type RunningLoss = z.infer<typeof runningLossSchema>;

/** Seconds of training, pauses excluded, that a run's first `step` steps took. */
export const clockReadingSchema = z.strictObject({ step: z.int(), seconds: z.number() });
export type ClockReading = z.infer<typeof clockReadingSchema>;

export const problemRecordSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
});

export const runSummarySchema = z.strictObject({
  /** Counts from 1 in this history. */
  id: z.int(),
  name: z.string(),
  network: networkSchema,
  settings: trainingSettingsSchema,
  dataset: z.string(),
  status: runStatusSchema,
  /** Time in ISO 8601, UTC. */
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  parameterCount: z.int(),
  /** Steps in an epoch, and total steps done. */
  stepsPerEpoch: z.int(),
  step: z.int(),
  epochsDone: z.int(),
  best: z.strictObject({ epoch: z.int(), testCorrect: z.int() }).nullable(),
  last: z
    .strictObject({ epoch: z.int(), testCorrect: z.int(), testTotal: z.int(), testLoss: lossSchema })
    .nullable(),
  /** Seconds of training so far, pauses excluded. */
  trainSeconds: z.number(),
  /** The reason for a failure; for an interrupted run, what it was doing if that ended its process. */
  problem: problemRecordSchema.nullable(),
  /** Tags in alphabetical order. */
  tags: z.array(z.string()),
  /** Note in Markdown; empty if there is none. */
  note: z.string(),
  archived: z.boolean(),
  /** Time of deletion: the run can be restored until it is purged. */
  deletedAt: z.string().nullable(),
  /**
   * The kept net that it was trained from: its number, its newest version at that time (0: none), and whether the run's
   * net differs from that version. Undefined for presets, for nets that were not kept, and in histories from before it
   * was recorded.
   */
  origin: z.strictObject({ network: z.int(), version: z.int(), changed: z.boolean() }).optional(),
  /** The run's sweep, and its position there, from 0; undefined for a run outside a sweep. */
  sweep: z.strictObject({ id: z.int(), position: z.int() }).optional(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

/**
 * Returns whether a run's (or its sweep's) problem is that it ended its process: such a run is never resumed
 * automatically.
 */
export function endedProcess(code: string): boolean {
  return code.startsWith('run.process-ended-');
}
export type RunOrigin = NonNullable<RunSummary['origin']>;

const bestCheckpointSchema = z.strictObject({
  /** The epoch at whose end it was written, and the steps done by then. */
  epoch: z.int(),
  step: z.int(),
  /** The metric that decides the best epoch (`bestEpoch.ts`). */
  metric: z.enum(stoppingMetrics),
  /** Name within the run's folder, and size. */
  file: z.string(),
  bytes: z.int(),
});

export const runDetailSchema = runSummarySchema.extend({
  datasetHash: z.string(),
  shards: z.int(),
  versions: versionsSchema,
  machine: machineSchema,
  epochs: z.array(epochRecordSchema),
  runningLosses: z.array(runningLossSchema),
  /** Null before the first epoch's end, and for runs from before it was recorded. */
  bestCheckpoint: bestCheckpointSchema.nullable(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;
