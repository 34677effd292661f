/**
 * Predictions of a run's checkpoint over the test set, kept beside the checkpoint so that they are computed
 * once. A file's name and header identify its source by the SHA-256 of checkpoint and data set. Predictions
 * can be computed again at any time, so a file that is damaged or from another source is ignored.
 *
 * The file: eight bytes of magic, the header's length (32 bits, little-endian), the header as JSON, then
 * labels and predictions (one byte per image, two if there are more than 256 classes) and probabilities
 * (float32, images × classes), little-endian. The header has the SHA-256 of what follows it.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { TestPredictions } from '../../shared/compare/predictions.ts';

/** Source of predictions: SHA-256 of the checkpoint file and of the data set. */
export interface PredictionSource {
  readonly checkpoint: string;
  readonly dataset: string;
}

export interface PredictionFiles {
  /** Returns null if there are none from this source. */
  read(run: number, source: PredictionSource): Promise<TestPredictions | null>;
  write(run: number, source: PredictionSource, predictions: TestPredictions): Promise<void>;
}

const magic = Buffer.from('STRIDEP1');
const prefix = 'predictions-';
const suffix = '.bin';
/**
 * Number of files that are kept; a run that continues training leaves old ones behind, of which the oldest
 * are removed.
 */
const mostKept = 8;

const headerSchema = z.object({
  checkpoint: z.string(),
  dataset: z.string(),
  images: z.int().min(1),
  classes: z.int().min(1),
  sha256: z.string(),
});

/** Creates the functions; `folderOf` returns a run's folder. */
export function predictionFiles(folderOf: (run: number) => string): PredictionFiles {
  const path = (run: number, { checkpoint }: PredictionSource) =>
    join(folderOf(run), `${prefix}${checkpoint.slice(0, 16)}${suffix}`);
  return {
    read: async (run, source) => {
      try {
        return decodePredictions(await readFile(path(run, source)), source);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    write: async (run, source, predictions) => {
      const folder = folderOf(run);
      const temporary = `${path(run, source)}.${process.pid}.tmp`;
      await mkdir(folder, { recursive: true });
      try {
        await writeFile(temporary, encodePredictions(predictions, source));
        await rename(temporary, path(run, source));
      } finally {
        await rm(temporary, { force: true });
      }
      await removeOldest(folder);
    },
  };
}

function encodePredictions(
  { labels, predictions, probabilities, classes }: TestPredictions,
  source: PredictionSource,
): Buffer {
  const body = Buffer.concat([
    bytesOf(narrow(labels, classes)),
    bytesOf(narrow(predictions, classes)),
    bytesOf(probabilities),
  ]);
  const header = { ...source, images: labels.length, classes, sha256: hashOf(body) };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([magic, length, json, body]);
}

/** Returns null if the file is damaged or from another source. */
function decodePredictions(file: Buffer, source: PredictionSource): TestPredictions | null {
  const start = magic.length + 4;
  if (file.length < start || !file.subarray(0, magic.length).equals(magic)) return null;
  const end = start + file.readUInt32LE(magic.length);
  const header = headerIn(file.subarray(start, end));
  if (header?.checkpoint !== source.checkpoint || header.dataset !== source.dataset) return null;
  const { images, classes, sha256 } = header;
  const body = file.subarray(end);
  if (hashOf(body) !== sha256) return null;
  const width = classes > 256 ? 2 : 1;
  const bytes = Uint8Array.from(body).buffer;
  if (bytes.byteLength !== images * (2 * width + 4 * classes)) return null;
  const classesAt = (at: number) =>
    width === 1 ? Uint16Array.from(new Uint8Array(bytes, at, images)) : new Uint16Array(bytes, at, images);
  return {
    labels: classesAt(0),
    predictions: classesAt(images * width),
    // The bytes are copied because their offset in the file need not be a multiple of four.
    probabilities: new Float32Array(bytes.slice(2 * images * width)),
    classes,
  };
}

function headerIn(json: Buffer): z.infer<typeof headerSchema> | null {
  try {
    return headerSchema.parse(JSON.parse(json.toString('utf8')));
  } catch {
    return null;
  }
}

function narrow(values: Uint16Array, classes: number): Uint8Array | Uint16Array {
  return classes > 256 ? values : Uint8Array.from(values);
}

function bytesOf(values: Uint8Array | Uint16Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function removeOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix) && name.endsWith(suffix));
  if (names.length <= mostKept) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  );
  const old = aged.sort((a, b) => b.at - a.at).slice(mostKept);
  await Promise.all(old.map(({ name }) => rm(join(folder, name), { force: true })));
}
