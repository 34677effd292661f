/** The calls that start, steer, find, organise and delete runs, and the events of runs. */
import { z } from 'zod';
import { mostTags, noteSchema, runNameSchema, runScopes, tagSchema } from '../../runs/runOrganisation.ts';
import { groupFields, sortFields } from '../../runQuery/fields.ts';
import { longestQuery } from '../../runQuery/parse.ts';
import { networkSchema } from '../../network/network.ts';
import { runEventSchema } from '../../runs/runEvents.ts';
import {
  clockReadingSchema,
  epochRecordSchema,
  runDetailSchema,
  runSummarySchema,
  runningLossSchema,
} from '../../runs/runs.ts';
import { spreadSchema } from '../../sweeps/sweeps.ts';
import { learningRateChangeSchema, trainingSettingsSchema } from '../../training/training.ts';
import { call } from './call.ts';

const id = z.int().positive();
/** The limit is the largest number of runs in a history. */
const ids = z.array(id).min(1).max(1_000_000);
const one = z.strictObject({ run: id });
const nothing = z.strictObject({});
const float32: z.ZodType<Float32Array> = z.instanceof(Float32Array);

/** Selects runs; runQuery/parse.ts describes the filter's language. */
export const runSelectionSchema = z.strictObject({
  filter: z.string().max(longestQuery).default(''),
  /** Ignored for a filter that mentions archived or deleted runs itself. */
  scope: z.enum(runScopes).default('active'),
  sort: z
    .strictObject({ by: z.enum(sortFields), descending: z.boolean() })
    .default({ by: 'created', descending: true }),
});
export type RunSelection = z.infer<typeof runSelectionSchema>;

export const runGroupSchema = z.strictObject({
  /** Null for runs without a value. A day is written 2026-11-25. */
  key: z.union([z.string(), z.number()]).nullable(),
  /** The runs in the requested order. */
  runs: z.array(id),
  /** Number of finished runs, which the figures below are computed from: unfinished results are not comparable. */
  finished: z.int(),
  /** Mean and sample standard deviation; accuracies in percent. */
  accuracy: spreadSchema.nullable(),
  last: spreadSchema.nullable(),
  loss: spreadSchema.nullable(),
  seconds: spreadSchema.nullable(),
});
export type RunGroup = z.infer<typeof runGroupSchema>;

const runFileSchema = z.strictObject({
  /** Name within the run's folder. */
  name: z.string(),
  bytes: z.int(),
  modifiedAt: z.string(),
  /** SHA-256 hash. */
  hash: z.string(),
});

/** A file that a window saves or a terminal writes. */
const exported = z.strictObject({ fileName: z.string(), mediaType: z.string(), text: z.string() });

export const runCalls = {
  /**
   * Starts runs, all at once in workers of their own, or one after another. Returns them in the order of the request.
   */
  'runs.start': call(
    z.strictObject({
      runs: z
        .array(
          z.strictObject({
            name: runNameSchema.optional(),
            network: networkSchema,
            settings: trainingSettingsSchema,
            dataset: z.string().default('mnist'),
            /** Changes of the base learning rate at these steps, as they were made in the run that is repeated. */
            learningRates: z.array(learningRateChangeSchema).max(1000).default([]),
            /** The number of the kept net that `network` was taken from; the run records it with its version. */
            keptNetwork: id.optional(),
            tags: z.array(tagSchema).max(mostTags).default([]),
          }),
        )
        .min(1)
        .max(64),
      together: z.boolean().default(true),
      /**
       * Cores for each run, which is also the number of shards per batch; without it, the cores are shared among the
       * runs in progress.
       */
      threads: z.int().min(1).optional(),
    }),
    z.array(runSummarySchema),
  ),
  /** Takes effect between two steps; the run's checkpoint is on disk when this returns. */
  'runs.pause': call(one, runSummarySchema),
  /**
   * Continues a paused, stopped, interrupted or failed run from its last checkpoint, bit for bit; or from the one
   * before it if the last one is damaged (`checkpoint.previous-is-whole`) and the caller asks for this.
   */
  'runs.resume': call(
    z.strictObject({ run: id, from: z.enum(['last', 'previous']).default('last') }),
    runSummarySchema,
  ),
  'runs.stop': call(one, runSummarySchema),
  /** Stops the run, with a checkpoint, at the end of the current epoch; `wanted: false` cancels that. */
  'runs.finishEpoch': call(z.strictObject({ run: id, wanted: z.boolean().default(true) }), runSummarySchema),
  /**
   * Changes the base learning rate from the next step on (`schedule.ts`), for a run that is training or paused. The
   * change is made and recorded when this returns: a run that resumes from an earlier checkpoint repeats it at the same
   * step.
   */
  'runs.setLearningRate': call(
    z.strictObject({ run: id, learningRate: learningRateChangeSchema.shape.learningRate }),
    runSummarySchema,
  ),
  /** Returns the run's log, in order. */
  'runs.events': call(one, z.array(runEventSchema)),

  /** Returns runs newest first, including archived but not deleted ones. */
  'runs.list': call(
    z.strictObject({ limit: z.int().min(1).max(1000).default(100), offset: z.int().min(0).default(0) }),
    z.strictObject({ runs: z.array(runSummarySchema), total: z.int() }),
  ),
  'runs.get': call(one, runDetailSchema),
  /**
   * Returns every batch's loss, in order, from step `from` (counted from 0) on, and clock readings for some steps after
   * it, about one in a thousand; histories from before these were recorded have none.
   */
  'runs.batchLosses': call(
    z.strictObject({ run: id, from: z.int().min(0).default(0) }),
    z.strictObject({ from: z.int(), losses: float32, clock: z.array(clockReadingSchema) }),
  ),
  /**
   * Returns the numbers of all matching runs, in order, and the first `rows` of them in full: a list knows its length
   * at once, and fetches what comes into view with `runs.rows`.
   */
  'runs.query': call(
    runSelectionSchema.extend({ rows: z.int().min(0).max(1000).default(0) }),
    z.strictObject({
      runs: z.array(id),
      rows: z.array(runSummarySchema),
      /** Number of runs that are active, archived and deleted. */
      counts: z.strictObject({ active: z.int(), archived: z.int(), deleted: z.int() }),
    }),
  ),
  /** Returns the runs in the requested order; missing ones are left out. */
  'runs.rows': call(z.strictObject({ runs: z.array(id).max(1000) }), z.array(runSummarySchema)),
  'runs.groups': call(runSelectionSchema.extend({ by: z.enum(groupFields) }), z.array(runGroupSchema)),
  /** Returns values for completing a filter, most used first: tags, nets, data sets, names and numbers of runs. */
  'runs.values': call(
    nothing,
    z.strictObject({
      tags: z.array(z.string()),
      nets: z.array(z.string()),
      datasets: z.array(z.string()),
      names: z.array(z.string()),
      numbers: z.strictObject({
        lr: z.array(z.number()),
        batch: z.array(z.number()),
        seed: z.array(z.number()),
      }),
    }),
  ),
  /**
   * Changes all of the runs or none. A name applies to a single run; `tags` replaces all tags, `addTags` and
   * `removeTags` change some.
   */
  'runs.update': call(
    z.strictObject({
      runs: ids,
      name: runNameSchema.optional(),
      note: noteSchema.optional(),
      archived: z.boolean().optional(),
      tags: z.array(tagSchema).max(mostTags).optional(),
      addTags: z.array(tagSchema).max(mostTags).optional(),
      removeTags: z.array(tagSchema).max(1000).optional(),
    }),
    nothing,
  ),
  /** Deletes all of the runs or none: a run in progress has to be stopped first. They can be restored for 30 days. */
  'runs.delete': call(z.strictObject({ runs: ids }), nothing),
  'runs.undelete': call(z.strictObject({ runs: ids }), nothing),
  /**
   * Deletes runs permanently, with their files: only deleted runs, or all of them if none are given. Returns the purged
   * ones.
   */
  'runs.purge': call(z.strictObject({ runs: ids.optional() }), z.strictObject({ runs: z.array(id) })),
  /**
   * Repeats a run exactly: the same net, settings, seed, data set and shards per batch, and therefore the same numbers.
   */
  'runs.again': call(z.strictObject({ run: id }), runSummarySchema),
  /** Exports the table of runs: the given ones, or else those of the selection. */
  'runs.export': call(
    runSelectionSchema.extend({ runs: ids.optional(), format: z.enum(['csv', 'json']) }),
    exported,
  ),
  /** Exports one run: its epochs or the loss of every batch as CSV; everything as JSON. */
  'runs.exportRun': call(z.strictObject({ run: id, what: z.enum(['epochs', 'batches', 'json']) }), exported),
  /** Returns the run's files on disk. */
  'runs.files': call(
    z.strictObject({ run: id }),
    z.strictObject({ folder: z.string(), files: z.array(runFileSchema) }),
  ),
} as const;

export const runEvents = {
  /** A run was created, or its status, progress or results changed. */
  'run.changed': runSummarySchema,
  /** Losses of the steps from `from` (counted from 0) on, a few times a second. */
  'run.batchLosses': z.strictObject({
    run: z.int(),
    from: z.int(),
    losses: float32,
    imagesPerSecond: z.number(),
    /** Seconds of training up to the last of these steps, pauses excluded. */
    seconds: z.number(),
  }),
  'run.runningLoss': runningLossSchema.extend({ run: z.int() }),
  'run.epoch': epochRecordSchema.extend({ run: z.int() }),
  /** An entry was added to a run's log. */
  'run.event': z.strictObject({ run: z.int(), event: runEventSchema }),
  /**
   * Names, tags, notes or the archive changed, or deleted runs were restored. For a few runs, `run.changed` is sent as
   * well.
   */
  'runs.organised': z.strictObject({ runs: z.array(id) }),
  /** Runs were deleted or purged. */
  'runs.removed': z.strictObject({ runs: z.array(id) }),
} as const;
