/**
 * The interface of a format's importer: it recognises its files in a source and passes on one image after
 * another.
 */
import type { DatasetFormat, ImportOptions, ImportProgress } from '../../../shared/datasets/importing.ts';
import type { Problem } from '../../../shared/base/problem.ts';
import type { DataSource } from '../source/source.ts';

export type Part = 'train' | 'test';

/** Form of images: pixels are uint8 in row-major order with interleaved channels. */
export interface ImageForm {
  readonly height: number;
  readonly width: number;
  /** Number of channels: 1 for grey, 3 for red, green and blue. */
  readonly channels: number;
}

export interface ReadContext {
  readonly source: DataSource;
  readonly options: ImportOptions;
  /** Folder for unpacked files; it is removed when the import ends. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: ImportProgress) => void;
  /** Reports something that is not an error but that the user should know. */
  readonly note: (note: Problem) => void;
  /** Number of images for a preview; a sample of that size from all of the source suffices. */
  readonly preview?: number;
}

export interface ImageSink {
  /**
   * Adds an image. A label is a whole number or a name; the writer turns the occurring labels into classes.
   * `pixels` may be reused once this has resolved; `origin` names file and row in messages.
   */
  add(part: Part, pixels: Uint8Array, label: number | string, origin: string): Promise<void>;
  /** Counts a picture that could not be read and is skipped at the user's request. */
  skip(problem: Problem): void;
  /** Reports the original size of a picture, in formats where sizes may differ. */
  size(width: number, height: number): void;
}

/** A recognised source: its files are known to fit together, but the images have not been read. */
export interface Recognised {
  readonly format: DatasetFormat;
  readonly form: ImageForm;
  /** All classes in order if the format specifies them; otherwise they follow from the labels. */
  readonly classes: readonly string[] | null;
  /** Name of the set if its files specify one. */
  readonly name: string | null;
  readonly counts: Readonly<Record<Part, number>>;
  /** Number of the source's files that were not used. */
  readonly ignored: number;
  read(sink: ImageSink): Promise<void>;
}

export interface Format {
  readonly id: DatasetFormat;
  /**
   * Returns null if the source has nothing of this format. Throws a `Problem` if it has, but the files are
   * not valid.
   */
  recognise(context: ReadContext): Promise<Recognised | null>;
}
