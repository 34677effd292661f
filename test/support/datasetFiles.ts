/** Small data sets in files, made for a test: nothing is downloaded. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** IDX of unsigned bytes: the header for these dimensions, then the bytes. */
export function idx(dimensions: readonly number[], bytes: Uint8Array | readonly number[], type = 8): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.set([0, 0, type, dimensions.length]);
  dimensions.forEach((length, axis) => header.writeUInt32BE(length, 4 + 4 * axis));
  return Buffer.concat([header, Buffer.from(bytes)]);
}

/** Pixels that differ from image to image, and from place to place. */
export function pixels(count: number, each: number, from = 0): Uint8Array {
  return Uint8Array.from(
    { length: count * each },
    (_, i) => (Math.floor(i / each) * 37 + (i % each) * 11 + from) % 256,
  );
}

export interface SmallSet {
  readonly train?: number;
  readonly test?: number;
  readonly side?: number;
  readonly classes?: number;
}

/** The four files of MNIST's names, of so many images; labels go round through the classes. */
export function idxFiles({ train = 20, test = 10, side = 4, classes = 2 }: SmallSet = {}): Record<
  string,
  Buffer
> {
  const labels = (count: number) => Array.from({ length: count }, (_, i) => i % classes);
  return {
    'train-images-idx3-ubyte': idx([train, side, side], pixels(train, side * side)),
    'train-labels-idx1-ubyte': idx([train], labels(train)),
    't10k-images-idx3-ubyte': idx([test, side, side], pixels(test, side * side, 5)),
    't10k-labels-idx1-ubyte': idx([test], labels(test)),
  };
}

export function packed(files: Readonly<Record<string, Buffer>>): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]));
}

/** Writes files, whose names may hold folders, and gives the folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}
