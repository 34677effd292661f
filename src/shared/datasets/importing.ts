/** What a data set is imported from and how, what was noticed on the way, and what the lab keeps of it. */
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
/** Pixels along each side; as many as a net's input may have. */
export const largestImageSide = 1024;

export const fits = ['pad', 'crop', 'stretch'] as const;

export const importOptionsSchema = z.strictObject({
  name: datasetNameSchema.optional(),
  /** Share of each class that becomes the test set, where the source has none of its own. */
  testFraction: z.number().min(0.01).max(0.9).default(0.2),
  /** Which images these are. */
  seed: seedSchema.default(0),
  /** To what pictures are resized; without it they keep the size that most of them have. */
  size: z
    .strictObject({
      width: z.int().min(1).max(largestImageSide),
      height: z.int().min(1).max(largestImageSide),
    })
    .optional(),
  /** What happens to a picture of another shape: padded to it, cropped to it, or stretched. */
  fit: z.enum(fits).default('pad'),
  /** `auto`: grey where all pictures are. */
  colour: z.enum(['auto', 'grey', 'rgb']).default('auto'),
  /** What lies behind transparent pixels, and around padded ones. */
  background: z.enum(['white', 'black']).default('white'),
  /** White becomes black, as MNIST has its ink bright. */
  invert: z.boolean().default(false),
  /** Rows become columns; EMNIST's files have theirs exchanged, and `auto` tells them by their names. */
  transpose: z.enum(['auto', 'yes', 'no']).default('auto'),
  /** Where channels are in NumPy arrays of which both ends could be theirs. */
  channels: z.enum(['auto', 'first', 'last']).default('auto'),
  /** Which labels of CIFAR-100: its 100 classes, or their 20 groups. */
  labels: z.enum(['fine', 'coarse']).default('fine'),
  /** What to do about a picture that cannot be read: end the import, or go on without it. */
  damaged: z.enum(['refuse', 'skip']).default('refuse'),
});
export type ImportOptions = z.infer<typeof importOptionsSchema>;

const perPart = z.strictObject({ train: z.int(), test: z.int() });

/** What is worth knowing of a set, and of what was left out of it. */
export const importReportSchema = z.strictObject({
  /** Images of each class, in the order of the classes. */
  classCounts: z.strictObject({ train: z.array(z.int()), test: z.array(z.int()) }),
  /** Images that are pixel for pixel another one of the same part; and test images that are in the training set. */
  duplicates: z.strictObject({ train: z.int(), test: z.int(), across: z.int() }),
  /** Images that equal another one which has another label. */
  contradictory: z.int(),
  /** Images of a single colour. */
  constant: perPart,
  /** The sizes that the pictures had, the most frequent first; empty where the format has one size only. */
  sizes: z.array(z.strictObject({ width: z.int(), height: z.int(), count: z.int() })),
  /** Files that are no data, such as .DS_Store or a read-me. */
  ignored: z.int(),
  /** Pictures that could not be read: how many, and the first of them. */
  skipped: z.strictObject({ count: z.int(), first: z.array(problemRecordSchema) }),
  /** All else that somebody should know, in the order in which it was noticed. */
  notes: z.array(problemRecordSchema),
});
export type ImportReport = z.infer<typeof importReportSchema>;

/** What lies beside an imported set's files. */
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
  /** Of its files. */
  bytes: z.int(),
  /** Why it cannot be used, where it cannot. */
  problem: problemRecordSchema.nullable(),
});
export type DatasetEntry = z.infer<typeof datasetEntrySchema>;

const importPhases = ['looking', 'unpacking', 'reading', 'writing', 'checking'] as const;
export const importProgressSchema = z.strictObject({
  phase: z.enum(importPhases),
  done: z.int(),
  /** Null where it is not known yet. */
  total: z.int().nullable(),
});
export type ImportProgress = z.infer<typeof importProgressSchema>;
