/** What an importer of one format gives, and what it is given: it finds its files in a source and hands on image after image. */
import type { DatasetFormat, ImportOptions, ImportProgress } from '../../../shared/datasets/importing.ts';
import type { Problem } from '../../../shared/base/problem.ts';
import type { DataSource } from '../source/source.ts';

export type Part = 'train' | 'test';

/** Pixels are uint8, row after row, an image's channels run fastest. */
export interface ImageForm {
  readonly height: number;
  readonly width: number;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: number;
}

export interface ReadContext {
  readonly source: DataSource;
  readonly options: ImportOptions;
  /** A folder on the disk for what has to be unpacked; it goes when the import ends. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: ImportProgress) => void;
  /** Something that is no fault, but that somebody should know. */
  readonly note: (note: Problem) => void;
  /** For a look only: so many images from all of the source are enough. */
  readonly preview?: number;
}

export interface ImageSink {
  /**
   * One image more. A label is a whole number or a name; the writer makes classes of those that occur. `pixels` may be
   * used again once this has resolved; `origin` names file and row, for messages.
   */
  add(part: Part, pixels: Uint8Array, label: number | string, origin: string): Promise<void>;
  /** A picture that could not be read, left out because the user said so. */
  skip(problem: Problem): void;
  /** Of a picture as it came, where they may differ. */
  size(width: number, height: number): void;
}

/** What was found: the files are known to fit together, the images have not been read. */
export interface Recognised {
  readonly format: DatasetFormat;
  readonly form: ImageForm;
  /** All classes in their order, where the format says so; else they follow from the labels. */
  readonly classes: readonly string[] | null;
  /** What the set is called, where its files say so. */
  readonly name: string | null;
  readonly counts: Readonly<Record<Part, number>>;
  /** Files of the source that were not looked at. */
  readonly ignored: number;
  read(sink: ImageSink): Promise<void>;
}

export interface Format {
  readonly id: DatasetFormat;
  /** Null where the source has nothing of this format; a `Problem` where it has, and it does not hold. */
  recognise(context: ReadContext): Promise<Recognised | null>;
}
