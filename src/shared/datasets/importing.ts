/** The source and options of an import, its findings, and the record that the lab keeps of it. */
import { z } from 'zod';
import { problemRecordSchema } from '../runs/runs.ts';
import { seedSchema } from '../training/training.ts';
import { datasetSummarySchema } from './dataset.ts';

const datasetFormats = ['idx', 'cifar', 'cifarPython', 'folder', 'csv', 'npz', 'parquet'] as const;
export const datasetFormatSchema = z.enum(datasetFormats);
export type DatasetFormat = z.infer<typeof datasetFormatSchema>;

export const datasetNameSchema = z.string().trim().min(1).max(80);
/** A label is one byte in the files that the engine reads. */
export const mostClasses = 256;
/** Largest side of an image in pixels, the same limit as for a net's input. */
export const largestImageSide = 1024;

export const fits = ['pad', 'crop', 'stretch'] as const;

export const importOptionsSchema = z.strictObject({
  name: datasetNameSchema.optional(),
  /** Fraction of each class that becomes the test set, if the source has none. */
  testFraction: z.number().min(0.01).max(0.9).default(0.2),
  /** Seed that selects the test images. */
  seed: seedSchema.default(0),
  /** Size to which pictures are resized; without it they keep the size that most of them have. */
  size: z
    .strictObject({
      width: z.int().min(1).max(largestImageSide),
      height: z.int().min(1).max(largestImageSide),
    })
    .optional(),
  /** Treatment of a picture with another aspect ratio: padded, cropped, or stretched. */
  fit: z.enum(fits).default('pad'),
  /** `auto`: grey if all pictures are. */
  colour: z.enum(['auto', 'grey', 'rgb']).default('auto'),
  /** Colour behind transparent pixels, and around padded ones. */
  background: z.enum(['white', 'black']).default('white'),
  /** Inverts the brightness, because MNIST's ink is bright. */
  invert: z.boolean().default(false),
  /** Transposes the images: EMNIST's files are transposed, and `auto` recognises them by their names. */
  transpose: z.enum(['auto', 'yes', 'no']).default('auto'),
  /** The channel axis of NumPy arrays whose shape is ambiguous. */
  channels: z.enum(['auto', 'first', 'last']).default('auto'),
  /** The labels of CIFAR-100: its 100 classes, or their 20 groups. */
  labels: z.enum(['fine', 'coarse']).default('fine'),
  /** Treatment of an unreadable picture: end the import, or skip it. */
  damaged: z.enum(['refuse', 'skip']).default('refuse'),
});
export type ImportOptions = z.infer<typeof importOptionsSchema>;

const perPart = z.strictObject({ train: z.int(), test: z.int() });

/** Findings about a set, and about what was left out of it. */
export const importReportSchema = z.strictObject({
  /** Number of images of each class, in the order of the classes. */
  classCounts: z.strictObject({ train: z.array(z.int()), test: z.array(z.int()) }),
  /**
   * Number of images that equal another one of the same part pixel for pixel; and of test images that are in the
   * training set.
   */
  duplicates: z.strictObject({ train: z.int(), test: z.int(), across: z.int() }),
  /** Number of images that equal another one with a different label. */
  contradictory: z.int(),
  /** Number of images of a single colour. */
  constant: perPart,
  /** The original sizes of the pictures, most frequent first; empty if the format has only one size. */
  sizes: z.array(z.strictObject({ width: z.int(), height: z.int(), count: z.int() })),
  /** Files without data, such as .DS_Store or a read-me. */
  ignored: z.int(),
  /** Pictures that could not be read: their number, and the first of them. */
  skipped: z.strictObject({ count: z.int(), first: z.array(problemRecordSchema) }),
  /** Other findings, in the order in which they were made. */
  notes: z.array(problemRecordSchema),
});
export type ImportReport = z.infer<typeof importReportSchema>;

/** The record that is stored beside an imported set's files. */
export const importRecordSchema = z.strictObject({
  version: z.literal(1),
  summary: datasetSummarySchema,
  format: datasetFormatSchema,
  source: z.string(),
  importedAt: z.string(),
  options: importOptionsSchema,
  report: importReportSchema,
});
export type ImportRecord = z.infer<typeof importRecordSchema>;

export const datasetEntrySchema = z.strictObject({
  summary: datasetSummarySchema,
  /** Null for the set that came with the program. */
  imported: importRecordSchema.omit({ version: true, summary: true }).nullable(),
  /** Size of its files in bytes. */
  bytes: z.int(),
  /** The reason why it cannot be used, or null. */
  problem: problemRecordSchema.nullable(),
});
export type DatasetEntry = z.infer<typeof datasetEntrySchema>;

const importPhases = ['looking', 'unpacking', 'reading', 'writing', 'checking'] as const;
export const importProgressSchema = z.strictObject({
  phase: z.enum(importPhases),
  done: z.int(),
  /** Null while the total is unknown. */
  total: z.int().nullable(),
});
export type ImportProgress = z.infer<typeof importProgressSchema>;
