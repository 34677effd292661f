/** The calls by which data sets are brought in, looked at, renamed and deleted. */
import { z } from 'zod';
import {
  datasetEntrySchema,
  datasetFormatSchema,
  datasetNameSchema,
  importOptionsSchema,
  importProgressSchema,
} from '../../datasets/importing.ts';
import { problemRecordSchema } from '../../runs/runs.ts';
import { call } from './call.ts';

const nothing = z.strictObject({});
/** A set's id. */
const dataset = z.string().min(1).max(100);
/** What an import is called by whoever asked for it, so that its progress and its cancel can be told. */
const ticket = z.string().min(1).max(100);

const bytes: z.ZodType<Uint8Array> = z.instanceof(Uint8Array);

/** Bytes of one message of an upload. */
export const uploadPieceBytes = 4 * 2 ** 20;

/** Where an import comes from: a path of the lab's machine, or files that a window has sent under this ticket. */
const from = z.union([z.strictObject({ path: z.string().min(1) }), z.strictObject({ uploaded: ticket })]);

const datasetStatisticsSchema = z.strictObject({
  /** Of the training images' pixels in [0, 1], a channel each, as `normalisation: dataset` takes them. */
  mean: z.array(z.number()),
  deviation: z.array(z.number()),
  /** Images of each class. */
  train: z.array(z.int()),
  test: z.array(z.int()),
  /** How many of the training images' pixels have each of the 256 values, a channel each. */
  histogram: z.array(z.array(z.int()).length(256)),
  /** The mean training image of each class, one after another; empty where there are too many pixels for it. */
  meanImages: bytes,
  /** For each class, places of some of its training images. */
  samples: z.array(z.array(z.int())),
});
export type DatasetStatistics = z.infer<typeof datasetStatisticsSchema>;

const importPreviewSchema = z.strictObject({
  format: datasetFormatSchema,
  height: z.int(),
  width: z.int(),
  channels: z.int(),
  /** About how many images there are. */
  train: z.int(),
  test: z.int(),
  /** Some images as they would be stored, with where each comes from and which class it is. */
  pixels: bytes,
  images: z.array(z.strictObject({ origin: z.string(), label: z.string(), width: z.int(), height: z.int() })),
  notes: z.array(problemRecordSchema),
});
export type ImportPreview = z.infer<typeof importPreviewSchema>;

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
    z.strictObject({ ticket, from, options: importOptionsSchema.prefault({}) }),
    z.strictObject({
      entry: datasetEntrySchema,
      /** The very same images and labels were there already. */
      alreadyThere: z.boolean(),
    }),
  ),
  /** Ends an import, which is then refused with `data.cancelled`. Nothing happens where it has ended. */
  'datasets.cancelImport': call(z.strictObject({ ticket }), nothing),
  /** What would be imported: some images as they would be stored, without keeping anything. */
  'datasets.preview': call(
    z.strictObject({ ticket, from, options: importOptionsSchema.prefault({}) }),
    importPreviewSchema,
  ),
  /** A piece of a file that a window sends, in order; its name may hold folders, with "/" between them. */
  'datasets.upload': call(
    z.strictObject({ ticket, name: z.string().min(1).max(1000), piece: bytes }),
    nothing,
  ),
  /** Forgets what was sent under this ticket. */
  'datasets.forgetUpload': call(z.strictObject({ ticket }), nothing),
  /** Counts, mean, deviation, histogram, mean images and some samples; read from all training images at the first call. */
  'datasets.statistics': call(z.strictObject({ dataset }), datasetStatisticsSchema),
  'datasets.rename': call(z.strictObject({ dataset, name: datasetNameSchema }), nothing),
  /** Refused where runs were trained on it, unless `evenIfUsed`; these keep all that they have but cannot go on. */
  'datasets.delete': call(z.strictObject({ dataset, evenIfUsed: z.boolean().default(false) }), nothing),
} as const;

export const datasetEvents = {
  'datasets.progress': importProgressSchema.extend({ ticket }),
  /** Sets were added, renamed or deleted. */
  'datasets.changed': nothing,
} as const;
