/** The calls that find, organise and delete runs; those that start and steer them are in api.ts. */
import { z } from 'zod';
import { mostTags, noteSchema, runNameSchema, runScopes, tagSchema } from '../../runs/runOrganisation.ts';
import { groupFields, sortFields } from '../../runQuery/fields.ts';
import { longestQuery } from '../../runQuery/parse.ts';
import { runSummarySchema } from '../../runs/runs.ts';
import { spreadSchema } from '../../sweeps/sweeps.ts';
import { call } from './call.ts';

const id = z.int().positive();
/** The limit is the largest number of runs in a history. */
const ids = z.array(id).min(1).max(1_000_000);
const nothing = z.strictObject({});

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
  /**
   * Names, tags, notes or the archive changed, or deleted runs were restored. For a few runs, `run.changed` is sent as
   * well.
   */
  'runs.organised': z.strictObject({ runs: z.array(id) }),
  /** Runs were deleted or purged. */
  'runs.removed': z.strictObject({ runs: z.array(id) }),
} as const;
