/**
 * The description of a data set, and the location of its bytes. Images are uint8, one after another, height × width ×
 * channels each; labels are uint8. The engine's graph reads both straight from their files.
 */
import { z } from 'zod';

export const datasetSummarySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  height: z.int(),
  width: z.int(),
  channels: z.int(),
  classes: z.array(z.string()),
  trainCount: z.int(),
  testCount: z.int(),
  /** SHA-256 over all its files, in the order of `DatasetFiles`, which identifies the data of a run. */
  hash: z.string(),
  /** Constants with which pixels (0 to 1) are normalised, one per channel: (x − mean) / deviation. */
  mean: z.array(z.number()),
  deviation: z.array(z.number()),
});
export type DatasetSummary = z.infer<typeof datasetSummarySchema>;

/** `count` items of equal size, uncompressed, starting `offset` bytes into the file. */
export interface DataFile {
  readonly path: string;
  readonly offset: number;
  readonly count: number;
}

export interface DatasetFiles {
  readonly train: { readonly images: DataFile; readonly labels: DataFile };
  readonly test: { readonly images: DataFile; readonly labels: DataFile };
}

/** The data set in the form that the engine uses. */
export interface Dataset {
  readonly summary: DatasetSummary;
  readonly files: DatasetFiles;
}
