/** The calls by which runs are found, kept in order and taken away; starting and steering them is in api.ts. */
import { z } from 'zod';
import { mostTags, noteSchema, runNameSchema, runScopes, tagSchema } from '../../runs/runOrganisation.ts';
import { groupFields, sortFields } from '../../runQuery/fields.ts';
import { longestQuery } from '../../runQuery/parse.ts';
import { runSummarySchema } from '../../runs/runs.ts';
import { spreadSchema } from '../../sweeps/sweeps.ts';
import { call } from './call.ts';

const id = z.int().positive();
/** As many as a history may have. */
const ids = z.array(id).min(1).max(1_000_000);
const nothing = z.strictObject({});

/** Which runs: the filter's language is described in runQuery/parse.ts. */
export const runSelectionSchema = z.strictObject({
  filter: z.string().max(longestQuery).default(''),
  /** A filter that speaks of archived or deleted runs itself is not held to this. */
  scope: z.enum(runScopes).default('active'),
  sort: z
    .strictObject({ by: z.enum(sortFields), descending: z.boolean() })
    .default({ by: 'created', descending: true }),
});
export type RunSelection = z.infer<typeof runSelectionSchema>;

export const runGroupSchema = z.strictObject({
  /** Null: runs that have no such thing. A day is written 2026-11-25. */
  key: z.union([z.string(), z.number()]).nullable(),
  /** In the order that was asked for. */
  runs: z.array(id),
  /** Of how many of them the numbers are: of those that are finished, for what others have so far does not compare. */
  finished: z.int(),
  /** Mean and sample standard deviation; accuracies in percent. */
  accuracy: spreadSchema.nullable(),
  last: spreadSchema.nullable(),
  loss: spreadSchema.nullable(),
  seconds: spreadSchema.nullable(),
});
export type RunGroup = z.infer<typeof runGroupSchema>;

const runFileSchema = z.strictObject({
  /** Within the run's folder. */
  name: z.string(),
  bytes: z.int(),
  modifiedAt: z.string(),
  /** SHA-256. */
  hash: z.string(),
});

/** A file that a window saves or a terminal writes. */
const exported = z.strictObject({ fileName: z.string(), mediaType: z.string(), text: z.string() });

export const runCalls = {
  /**
   * All numbers of the runs that are asked for, in order, and the first `rows` of them whole: a list knows at once how
   * long it is, and asks for what comes into sight by `runs.rows`.
   */
  'runs.query': call(
    runSelectionSchema.extend({ rows: z.int().min(0).max(1000).default(0) }),
    z.strictObject({
      runs: z.array(id),
      rows: z.array(runSummarySchema),
      /** How many runs there are in all, those that are archived and those that are deleted. */
      counts: z.strictObject({ active: z.int(), archived: z.int(), deleted: z.int() }),
    }),
  ),
  /** In the order asked for; those that are gone are left out. */
  'runs.rows': call(z.strictObject({ runs: z.array(id).max(1000) }), z.array(runSummarySchema)),
  'runs.groups': call(runSelectionSchema.extend({ by: z.enum(groupFields) }), z.array(runGroupSchema)),
  /** What filters can be completed with, the most used first: tags, nets, data sets, names and numbers that runs have. */
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
  /** All or none. A name is for one run; `tags` takes the place of all tags, `addTags` and `removeTags` change some. */
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
  /** Deletes all of them or none: a run that is under way has to be stopped first. They can be restored for 30 days. */
  'runs.delete': call(z.strictObject({ runs: ids }), nothing),
  'runs.undelete': call(z.strictObject({ runs: ids }), nothing),
  /** For good, with their files: deleted runs only; all of them where none are named. Gives those that are gone. */
  'runs.purge': call(z.strictObject({ runs: ids.optional() }), z.strictObject({ runs: z.array(id) })),
  /** Once more, exactly: the same net, settings, seed, data set and parts of a batch, and so the same numbers. */
  'runs.again': call(z.strictObject({ run: id }), runSummarySchema),
  /** The table of runs: those named, else those of the selection. */
  'runs.export': call(
    runSelectionSchema.extend({ runs: ids.optional(), format: z.enum(['csv', 'json']) }),
    exported,
  ),
  /** One run: its epochs or the loss of every batch as CSV; everything as JSON. */
  'runs.exportRun': call(z.strictObject({ run: id, what: z.enum(['epochs', 'batches', 'json']) }), exported),
  /** What the run has on the disk. */
  'runs.files': call(
    z.strictObject({ run: id }),
    z.strictObject({ folder: z.string(), files: z.array(runFileSchema) }),
  ),
} as const;

export const runEvents = {
  /** Names, tags, notes or the archive changed, or deleted runs were restored. Where few runs are concerned, `run.changed` is sent as well. */
  'runs.organised': z.strictObject({ runs: z.array(id) }),
  /** Runs were deleted, or are gone for good. */
  'runs.removed': z.strictObject({ runs: z.array(id) }),
} as const;
