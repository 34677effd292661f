/**
 * Sweeps: sets of runs that differ in some fields, each repeated with several seeds. What a sweep is, what is told of
 * it while it goes on, and what it came to. How it becomes runs is in `expandSweep.ts`, statistics in `sweepResults.ts`.
 */
import { z } from 'zod';
import { misfitMessage } from '../misfits/misfit.ts';
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
    /** How many values. Without it the range has all values between: for random sweeps only. */
    steps: z.int().min(2).max(1000).optional(),
    scale: z.enum(['linear', 'log']).default('linear'),
    /** Rounded to whole numbers, each once. */
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
  /** What every run has, but for what the axes say. */
  network: networkSchema,
  settings: trainingSettingsSchema,
  dataset: z.string().default('mnist'),
  axes: z.array(axisSchema).max(16),
  /** All combinations, or so many that are drawn: the same ones for the same seed. */
  mode: z
    .union([
      z.literal('grid'),
      z.strictObject({ random: z.int().min(1).max(mostSweepRuns), seed: seedSchema.default(0) }),
    ])
    .default('grid'),
  /** Each combination is run with each of them. */
  seeds: z.array(seedSchema).min(1).max(1000).refine(different, misfitMessage('repeated')).default([0]),
});
export type Sweep = z.infer<typeof sweepSchema>;

/** `interrupted`: its process died or ended, or what stopped it is its problem. All but `finished` can go on. */
const sweepStatuses = ['running', 'paused', 'cancelled', 'interrupted', 'finished'] as const;
export const sweepStatusSchema = z.enum(sweepStatuses);
export type SweepStatus = z.infer<typeof sweepStatusSchema>;

export const sweepSummarySchema = z.strictObject({
  /** Counts from 1 in this history. */
  id: z.int(),
  name: z.string(),
  status: sweepStatusSchema,
  /** Runs at the same time, and in how many parts, a core each, a batch of theirs is split. */
  workers: z.int(),
  shards: z.int(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  combinations: z.int(),
  seeds: z.int(),
  /** Its runs by what became of them; `waiting` have not begun, `open` are neither that nor at their end. */
  runs: z.strictObject({
    total: z.int(),
    waiting: z.int(),
    open: z.int(),
    finished: z.int(),
    failed: z.int(),
  }),
  /** What interrupted it, where that was no end of the process. */
  problem: problemRecordSchema.nullable(),
});
export type SweepSummary = z.infer<typeof sweepSummarySchema>;

/** One run of a sweep, in short; `runs.get` has the rest. */
export const sweepRunSchema = z.strictObject({
  /** Position in the sweep, from 0: combination × seeds + place among the seeds. */
  position: z.int(),
  seed: seedSchema,
  /** Null until it begins. */
  run: z.int().nullable(),
  status: z.enum(['waiting', ...runStatuses]),
  epochsDone: z.int(),
  /** Shares of the test images that were right, after the best and after the last epoch. */
  bestAccuracy: z.number().nullable(),
  lastAccuracy: z.number().nullable(),
  /** After the last epoch. */
  testLoss: lossSchema.nullable(),
  seconds: z.number(),
  problem: problemRecordSchema.nullable(),
});
export type SweepRun = z.infer<typeof sweepRunSchema>;

/** Over the seeds. `deviation` is the sample's (n − 1), null where there are fewer than two. */
export const spreadSchema = z.strictObject({ mean: lossSchema, deviation: lossSchema.nullable() });
export type Spread = z.infer<typeof spreadSchema>;

export const combinationSchema = z.strictObject({
  /** `lr=0.01 batch=64` */
  label: z.string(),
  values: z.array(z.strictObject({ path: z.string(), value: z.json() })),
  /** Finished runs: those that the numbers below are of, which are null where there is none. */
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
