/** The calls that list, show, import, describe, rename and delete data sets. */
import { z } from 'zod';
import { datasetSummarySchema } from '../../datasets/dataset.ts';
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
/** The caller's name for an import, which its progress events and its cancellation refer to. */
const ticket = z.string().min(1).max(100);

const bytes: z.ZodType<Uint8Array> = z.instanceof(Uint8Array);

/** Largest number of images in one call: a screenful. */
export const mostImagesShown = 256;

export const imagesSchema = z.strictObject({
  height: z.int(),
  width: z.int(),
  channels: z.int(),
  /** One image after another, in the requested order: height × width × channels each. */
  pixels: bytes,
  labels: z.array(z.int()),
});
export type DatasetImages = z.infer<typeof imagesSchema>;

/** Bytes in one message of an upload. */
export const uploadPieceBytes = 4 * 2 ** 20;

/** The source of an import: a path on the lab's machine, or files that a window has uploaded under this ticket. */
const from = z.union([z.strictObject({ path: z.string().min(1) }), z.strictObject({ uploaded: ticket })]);

const datasetStatisticsSchema = z.strictObject({
  /** Mean of the training images' pixels in [0, 1], one per channel, as used by `normalisation: dataset`. */
  mean: z.array(z.number()),
  deviation: z.array(z.number()),
  /** Number of images of each class. */
  train: z.array(z.int()),
  test: z.array(z.int()),
  /** Number of the training images' pixels with each of the 256 values, one histogram per channel. */
  histogram: z.array(z.array(z.int()).length(256)),
  /** The mean training image of each class, one after another; empty if the images have too many pixels for it. */
  meanImages: bytes,
  /** Indices of some training images of each class. */
  samples: z.array(z.array(z.int())),
});
export type DatasetStatistics = z.infer<typeof datasetStatisticsSchema>;

const importPreviewSchema = z.strictObject({
  format: datasetFormatSchema,
  height: z.int(),
  width: z.int(),
  channels: z.int(),
  /** Approximate number of images. */
  train: z.int(),
  test: z.int(),
  /** Some images as they would be stored, with the source and the class of each. */
  pixels: bytes,
  images: z.array(z.strictObject({ origin: z.string(), label: z.string(), width: z.int(), height: z.int() })),
  notes: z.array(problemRecordSchema),
});
export type ImportPreview = z.infer<typeof importPreviewSchema>;

const datasetUseSchema = z.strictObject({ id: z.int(), name: z.string() });

export const datasetCalls = {
  'datasets.list': call(nothing, z.array(datasetSummarySchema)),
  /** Returns images by their index in the training or the test set, from 0. */
  'datasets.images': call(
    z.strictObject({
      dataset: z.string(),
      part: z.enum(['train', 'test']),
      indices: z.array(z.int().min(0)).min(1).max(mostImagesShown),
    }),
    imagesSchema,
  ),
  /** Returns all sets with their import records, including those that cannot be used. */
  'datasets.entries': call(nothing, z.array(datasetEntrySchema)),
  /** Returns the runs that were trained on exactly this set, newest first. */
  'datasets.uses': call(z.strictObject({ dataset }), z.array(datasetUseSchema)),
  /**
   * Imports a file, a folder or an archive from the lab's machine. Resolves when the set is complete and in place; on
   * failure it is refused by a problem that names file and row, and nothing of it remains.
   */
  'datasets.import': call(
    z.strictObject({ ticket, from, options: importOptionsSchema.prefault({}) }),
    z.strictObject({
      entry: datasetEntrySchema,
      /** True if a set with exactly the same images and labels already existed. */
      alreadyThere: z.boolean(),
    }),
  ),
  /** Cancels an import, which is then refused with `data.cancelled`. Does nothing if it has ended. */
  'datasets.cancelImport': call(z.strictObject({ ticket }), nothing),
  /** Previews an import: some images as they would be stored, without keeping anything. */
  'datasets.preview': call(
    z.strictObject({ ticket, from, options: importOptionsSchema.prefault({}) }),
    importPreviewSchema,
  ),
  /** Receives a piece of an uploaded file, in order; its name may contain folders, separated by "/". */
  'datasets.upload': call(
    z.strictObject({ ticket, name: z.string().min(1).max(1000), piece: bytes }),
    nothing,
  ),
  /** Deletes what was uploaded under this ticket. */
  'datasets.forgetUpload': call(z.strictObject({ ticket }), nothing),
  /**
   * Returns counts, mean, deviation, histogram, mean images and some samples; the first call reads all training images.
   */
  'datasets.statistics': call(z.strictObject({ dataset }), datasetStatisticsSchema),
  'datasets.rename': call(z.strictObject({ dataset, name: datasetNameSchema }), nothing),
  /** Refused if runs were trained on it, unless `evenIfUsed`; these keep all their data but cannot be resumed. */
  'datasets.delete': call(z.strictObject({ dataset, evenIfUsed: z.boolean().default(false) }), nothing),
} as const;

export const datasetEvents = {
  'datasets.progress': importProgressSchema.extend({ ticket }),
  /** Sets were added, renamed or deleted. */
  'datasets.changed': nothing,
} as const;
