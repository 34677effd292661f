/** The calls by which data sets are brought in, looked at, renamed and deleted. */
import { z } from 'zod';
import {
  datasetEntrySchema,
  datasetNameSchema,
  importOptionsSchema,
  importProgressSchema,
} from '../../datasets/importing.ts';
import { call } from './call.ts';

const nothing = z.strictObject({});
/** A set's id. */
const dataset = z.string().min(1).max(100);
/** What an import is called by whoever asked for it, so that its progress and its cancel can be told. */
const ticket = z.string().min(1).max(100);

const datasetUseSchema = z.strictObject({ id: z.int(), name: z.string() });

export const datasetCalls = {
  /** All sets with what is known of their import, also those that cannot be used. */
  'datasets.entries': call(nothing, z.array(datasetEntrySchema)),
  /** The runs that were trained on exactly this set, newest first. */
  'datasets.uses': call(z.strictObject({ dataset }), z.array(datasetUseSchema)),
  /**
   * Imports a file, a folder or an archive of the lab's machine. Resolves when the set is whole and in its place; refused by
   * a problem that names file and row, after which nothing of it is left.
   */
  'datasets.import': call(
    z.strictObject({ ticket, path: z.string().min(1), options: importOptionsSchema.prefault({}) }),
    z.strictObject({
      entry: datasetEntrySchema,
      /** The very same images and labels were there already. */
      alreadyThere: z.boolean(),
    }),
  ),
  /** Ends an import, which is then refused with `data.cancelled`. Nothing happens where it has ended. */
  'datasets.cancelImport': call(z.strictObject({ ticket }), nothing),
  'datasets.rename': call(z.strictObject({ dataset, name: datasetNameSchema }), nothing),
  /** Refused where runs were trained on it, unless `evenIfUsed`; these keep all that they have but cannot go on. */
  'datasets.delete': call(z.strictObject({ dataset, evenIfUsed: z.boolean().default(false) }), nothing),
} as const;

export const datasetEvents = {
  'datasets.progress': importProgressSchema.extend({ ticket }),
  /** Sets were added, renamed or deleted. */
  'datasets.changed': nothing,
} as const;
