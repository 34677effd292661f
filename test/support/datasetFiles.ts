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

/** A `.npy` file; `fortran` only says so, the numbers are written as they are given. */
export function npy(
  descr: string,
  shape: readonly number[],
  bytes: Uint8Array | readonly number[],
  { fortran = false, version = 1 } = {},
): Buffer {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const header = Buffer.from(
    `{'shape': ${tuple}, 'fortran_order': ${fortran ? 'True' : 'False'}, 'descr': '${descr}'}   \n`,
    'latin1',
  );
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  return Buffer.concat([
    Buffer.from([0x93, ...Buffer.from('NUMPY'), version, 0]),
    length,
    header,
    Buffer.from(bytes),
  ]);
}

/** CIFAR's planes: the first row red, the last column blue, and a green pixel that tells images apart. */
export function cifarPlanes(index: number): Uint8Array {
  const planes = new Uint8Array(3072);
  planes.fill(255, 0, 32);
  for (let row = 0; row < 32; row += 1) planes[2048 + row * 32 + 31] = 200;
  planes[1024 + 40 + index] = 99;
  return planes;
}

/** Records of CIFAR's binary version: some label bytes, then the planes. */
export function cifarRecords(labels: readonly (readonly number[])[]): Buffer {
  return Buffer.concat(
    labels.map((own, i) => Buffer.concat([Buffer.from(own), Buffer.from(cifarPlanes(i))])),
  );
}

/** A batch of CIFAR's Python version, as Python 2 pickled it (protocol 2, arrays' bytes as a text). */
export function cifarPickle(
  labels: readonly number[],
  key = 'labels',
  module = 'numpy.core.multiarray',
): Buffer {
  const text = (value: string) =>
    Buffer.concat([Buffer.from([0x55, value.length]), Buffer.from(value, 'latin1')]);
  const short = (value: number) => Buffer.from([0x4d, value & 255, value >> 8]);
  const data = Buffer.concat(labels.map((_, i) => cifarPlanes(i)));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  const plain = (...parts: (string | number[] | Buffer)[]) =>
    Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
    );
  return plain(
    ...['\x80\x02}(', text('data'), `c${module}\n_reconstruct\n(cnumpy\nndarray\nK\0\x85`, text('b'), 'tR('],
    ...[[0x4b, 1], short(labels.length), short(3072), '\x86cnumpy\ndtype\n(', text('u1'), 'K\0K\x01tR(K\x03'],
    ...[text('|'), 'NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89T', length, data, 'tb', text(key), ']('],
    ...[labels.flatMap((label) => [0x4b, label]), 'eu.'],
  );
}
