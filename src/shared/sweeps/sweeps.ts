/**
 * Sweeps are sets of runs that differ in some fields, each repeated with several seeds. This file defines a sweep, its
 * progress and its results; `expandSweep.ts` expands it to runs, `sweepResults.ts` computes the statistics.
 */
import { z } from 'zod';
import { misfitMessage } from '../misfits/misfitMessage.ts';
import { networkSchema } from '../network/network.ts';
import { lossSchema, problemRecordSchema, runStatuses } from '../runs/runs.ts';
import { seedSchema, trainingSettingsSchema } from '../training/training.ts';

export const mostSweepRuns = 10_000;

/**
 * A field by its path: `batchSize`, `optimizer.learningRate`, `network.layers.3.filters` (layers counted from 0, as in
 * the network's JSON), or a whole part: `optimizer`, `schedule`, `network`, `dataset`.
 */
export const fieldPathSchema = z
  .string()
  .max(200)
  .regex(/^[A-Za-z]\w*(\.([A-Za-z]\w*|\d+))*$/, misfitMessage('path'));

/** Values from `from` to `to`, both included; on a logarithmic scale both are above 0. */
export const rangeSchema = z
  .strictObject({
    from: z.number(),
    to: z.number(),
    /** Number of values. Without it the range has all values between, which only random sweeps allow. */
    steps: z.int().min(2).max(1000).optional(),
    scale: z.enum(['linear', 'log']).default('linear'),
    /** Rounds to whole numbers, each once. */
    whole: z.boolean().default(false),
  })
  .refine(({ from, to }) => from < to, misfitMessage('ascending'))
  .refine(({ from, scale }) => scale === 'linear' || from > 0, misfitMessage('logarithmic'));
export type SweepRange = z.infer<typeof rangeSchema>;

const different = (values: readonly unknown[]) =>
  new Set(values.map((value) => JSON.stringify(value))).size === values.length;

export const axisSchema = z.union([
  z.strictObject({
    path: fieldPathSchema,
    values: z.array(z.json()).min(1).max(1000).refine(different, misfitMessage('repeated')),
  }),
  z.strictObject({ path: fieldPathSchema, range: rangeSchema }),
]);
export type Axis = z.infer<typeof axisSchema>;

export const sweepSchema = z.strictObject({
  name: z.string().trim().min(1).max(120).optional(),
  /** The settings of every run, except for those of the axes. */
  network: networkSchema,
  settings: trainingSettingsSchema,
  dataset: z.string().default('mnist'),
  axes: z.array(axisSchema).max(16),
  /** All combinations, or a number of them drawn at random, the same ones for the same seed. */
  mode: z
    .union([
      z.literal('grid'),
      z.strictObject({ random: z.int().min(1).max(mostSweepRuns), seed: seedSchema.default(0) }),
    ])
    .default('grid'),
  /** Each combination is trained with each of the seeds. */
  seeds: z.array(seedSchema).min(1).max(1000).refine(different, misfitMessage('repeated')).default([0]),
});
export type Sweep = z.infer<typeof sweepSchema>;

/** `interrupted`: its process died or ended, or its problem stopped it. All but `finished` can be resumed. */
const sweepStatuses = ['running', 'paused', 'cancelled', 'interrupted', 'finished'] as const;
export const sweepStatusSchema = z.enum(sweepStatuses);
export type SweepStatus = z.infer<typeof sweepStatusSchema>;

export const sweepSummarySchema = z.strictObject({
  /** Counts from 1 in this history. */
  id: z.int(),
  name: z.string(),
  status: sweepStatusSchema,
  /** Number of runs trained concurrently, and of shards per batch (one core each). */
  workers: z.int(),
  shards: z.int(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  combinations: z.int(),
  seeds: z.int(),
  /** Number of its runs by state; `waiting` have not begun, `open` have begun but not ended. */
  runs: z.strictObject({
    total: z.int(),
    waiting: z.int(),
    open: z.int(),
    finished: z.int(),
    failed: z.int(),
  }),
  /** The problem that interrupted it, unless the process ended. */
  problem: problemRecordSchema.nullable(),
});
export type SweepSummary = z.infer<typeof sweepSummarySchema>;

/** A summary of one run of a sweep; `runs.get` has the rest. */
export const sweepRunSchema = z.strictObject({
  /** Position in the sweep, from 0: combination × seeds + index of the seed. */
  position: z.int(),
  seed: seedSchema,
  /** Null until it begins. */
  run: z.int().nullable(),
  status: z.enum(['waiting', ...runStatuses]),
  epochsDone: z.int(),
  /** Accuracy on the test images as a fraction, after the best and after the last epoch. */
  bestAccuracy: z.number().nullable(),
  lastAccuracy: z.number().nullable(),
  /** Loss after the last epoch. */
  testLoss: lossSchema.nullable(),
  seconds: z.number(),
  problem: problemRecordSchema.nullable(),
});
export type SweepRun = z.infer<typeof sweepRunSchema>;

/** Statistics over the seeds. `deviation` is the sample's (n − 1), null for fewer than two. */
export const spreadSchema = z.strictObject({ mean: lossSchema, deviation: lossSchema.nullable() });
export type Spread = z.infer<typeof spreadSchema>;

export const combinationSchema = z.strictObject({
  /** Label of the combination: `lr=0.01 batch=64`. */
  label: z.string(),
  values: z.array(z.strictObject({ path: z.string(), value: z.json() })),
  /** Number of finished runs, over which the figures below are computed; they are null if it is 0. */
  count: z.int(),
  bestAccuracy: spreadSchema.nullable(),
  lastAccuracy: spreadSchema.nullable(),
  testLoss: spreadSchema.nullable(),
  seconds: spreadSchema.nullable(),
  runs: z.array(sweepRunSchema),
});
export type Combination = z.infer<typeof combinationSchema>;

export const sweepDetailSchema = sweepSummarySchema.extend({
  definition: sweepSchema,
  results: z.array(combinationSchema),
});
export type SweepDetail = z.infer<typeof sweepDetailSchema>;
