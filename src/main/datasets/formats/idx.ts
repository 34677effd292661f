/**
 * IDX, plain or compressed by gzip: MNIST, Fashion-MNIST, KMNIST, EMNIST and similar sets. Files are
 * recognised by their first bytes rather than their names: three or four dimensions are images, one or two
 * are labels. Names only distinguish train and test.
 */
import { open } from 'node:fs/promises';
import { Problem } from '../../../shared/base/problem.ts';
import { emnistSet } from '../knownSets.ts';
import { type UnpackedFile, headOf, unpacked } from '../source/unpack.ts';
import { type SourceFile, baseName } from '../source/source.ts';
import type { Format, ImageForm, ImageSink, Part, ReadContext, Recognised } from './format.ts';

/**
 * Element types by the header's third byte (http://yann.lecun.com/exdb/mnist/): bytes per element, and how to
 * read one.
 */
const types: Readonly<Record<number, { bytes: number; read: (view: DataView, at: number) => number }>> = {
  0x08: { bytes: 1, read: (view, at) => view.getUint8(at) },
  0x09: { bytes: 1, read: (view, at) => view.getInt8(at) },
  0x0b: { bytes: 2, read: (view, at) => view.getInt16(at) },
  0x0c: { bytes: 4, read: (view, at) => view.getInt32(at) },
  0x0d: { bytes: 4, read: (view, at) => view.getFloat32(at) },
  0x0e: { bytes: 8, read: (view, at) => view.getFloat64(at) },
};

interface IdxFile extends UnpackedFile {
  readonly type: number;
  readonly dimensions: readonly number[];
  readonly offset: number;
}

interface Pair {
  readonly images: IdxFile;
  readonly labels: IdxFile;
}

/** Returns whether a file's name indicates IDX. */
const isNamed = ({ name }: SourceFile) => /idx\d?[-.]?u?byte|idx\d-int/i.test(baseName(name));
const mayBeIdx = (file: SourceFile) =>
  isNamed(file) ||
  (file.size > 0 && (/\.(idx\d?|gz)$/i.test(file.name) || !/\.\w{2,5}$/.test(baseName(file.name))));

export const idxFormat: Format = {
  id: 'idx',
  async recognise(context) {
    const candidates = context.source.files.filter(mayBeIdx);
    if (candidates.length === 0 || candidates.length > 64) return null;
    const found: IdxFile[] = [];
    for (const file of candidates) {
      const idx = await readHeader(await unpacked(file, context), isNamed(file));
      if (idx) found.push(idx);
    }
    if (found.length === 0) return null;
    return recognised(pairUp(found), context, context.source.files.length - found.length);
  },
};

function recognised(
  pairs: Readonly<Partial<Record<Part, Pair>>>,
  context: ReadContext,
  ignored: number,
): Recognised {
  const { train, test } = pairs;
  if (!train)
    throw new Problem(
      'dataset.no-training',
      'there are test images, but none to train with; add the training files',
    );
  const form = formOf(train.images);
  if (test) requireSameForm(train.images, test.images);
  const known = emnistSet(baseName(train.images.name));
  return {
    format: 'idx',
    form,
    classes: null,
    name: known?.name ?? null,
    counts: { train: train.images.dimensions[0] ?? 0, test: test?.images.dimensions[0] ?? 0 },
    ignored,
    async read(sink) {
      for (const part of ['train', 'test'] as const) {
        const pair = pairs[part];
        if (pair) await readPair(part, pair, form, known?.classes ?? null, sink, context);
      }
    },
  };
}

/** Returns null if the file is not IDX and its name does not say so. */
async function readHeader(file: UnpackedFile, named: boolean): Promise<IdxFile | null> {
  const head = await headOf(file.path, 4);
  const [first, second, type = 0, rank = 0] = head;
  const isIdx = head.length === 4 && first === 0 && second === 0 && type in types && rank >= 1 && rank <= 4;
  if (!isIdx) {
    if (!named) return null;
    throw notIdx(file, await headOf(file.path, 256));
  }
  const offset = 4 + 4 * rank;
  const header = await headOf(file.path, offset);
  if (header.length < offset) throw wrongSize(file, offset, String(rank));
  const dimensions = Array.from({ length: rank }, (_, axis) => header.readUInt32BE(4 + 4 * axis));
  if (dimensions.includes(0)) {
    throw new Problem(
      'idx.empty',
      `${file.name} holds nothing: its dimensions are ${dimensions.join(' × ')}`,
      {
        path: file.name,
      },
    );
  }
  const { bytes } = types[type] as { bytes: number };
  const expected = offset + dimensions.reduce((product, length) => product * length, bytes);
  if (file.size !== expected) throw wrongSize(file, expected, dimensions.join(' × '));
  return { ...file, type, dimensions, offset };
}

function notIdx({ name, size }: UnpackedFile, head: Buffer): Problem {
  const text = head.toString('latin1').trimStart();
  if (size === 0) return new Problem('idx.empty', `${name} is empty`, { path: name });
  if (/^<(!doctype|html)/i.test(text)) {
    return new Problem(
      'dataset.web-page',
      `${name} is a web page, not the file that it is named after; get it again`,
      {
        file: name,
      },
    );
  }
  if (text.startsWith('version https://git-lfs')) {
    return new Problem(
      'dataset.lfs',
      `${name} only says where Git LFS keeps the file; fetch it with "git lfs pull"`,
      {
        file: name,
      },
    );
  }
  const magic = head.toString('hex', 0, 4);
  return new Problem('idx.magic', `${name} is not an IDX file: it starts with ${magic}`, {
    path: name,
    magic,
  });
}

function wrongSize({ name, size }: UnpackedFile, expected: number, dimensions: string): Problem {
  const short = size < expected;
  return new Problem(
    short ? 'idx.truncated' : 'idx.too-long',
    `${name} ${short ? 'is cut short' : 'is too long'}: ${size} bytes, where its header (${dimensions}) asks for ` +
      `${expected}; get the file again`,
    { path: name, size, expected },
  );
}

const isImages = ({ dimensions }: IdxFile) => dimensions.length >= 3;
const isTest = (name: string) => /(^|[^a-z])(t10k|test|val(idation)?)([^a-z]|$)/i.test(baseName(name));
const isTrain = (name: string) => /train/i.test(baseName(name));

/**
 * Pairs images with their labels by train or test in their names, otherwise by their counts; the larger pair
 * is the training set.
 */
function pairUp(files: readonly IdxFile[]): Partial<Record<Part, Pair>> {
  const images = files.filter(isImages);
  const labels = files.filter((file) => !isImages(file));
  if (images.length === 0 || labels.length === 0 || images.length > 2 || labels.length > 2) {
    const names = files.map(({ name }) => name).join(', ');
    throw new Problem(
      'dataset.idx-files',
      `${images.length} files of images and ${labels.length} of labels were found (${names}); one or two of each, a ` +
        'training and a test set, would be right',
      { images: images.length, labels: labels.length, files: names },
    );
  }
  const pairs = images.map((own) => ({ images: own, labels: labelsOf(own, labels, images.length) }));
  for (const pair of pairs) requireEqualCounts(pair);
  if (pairs.length === 1) {
    const [only] = pairs as [Pair];
    return isTest(only.images.name) ? { test: only } : { train: only };
  }
  const [a, b] = pairs as [Pair, Pair];
  const count = ({ images: { dimensions } }: Pair) => dimensions[0] ?? 0;
  const named = isTest(a.images.name) !== isTest(b.images.name);
  const second = named ? isTest(b.images.name) : count(a) >= count(b);
  return second ? { train: a, test: b } : { train: b, test: a };
}

function labelsOf(images: IdxFile, labels: readonly IdxFile[], of: number): IdxFile {
  const [first, second] = labels as [IdxFile, IdxFile | undefined];
  if (!second) return first;
  const alike = labels.filter(
    ({ name }) => isTest(name) === isTest(images.name) && isTrain(name) === isTrain(images.name),
  );
  if (alike.length === 1) return alike[0] as IdxFile;
  const counted = labels.filter(({ dimensions }) => dimensions[0] === images.dimensions[0]);
  if (counted.length === 1) return counted[0] as IdxFile;
  throw new Problem(
    'dataset.idx-pairs',
    `it is not clear which labels belong to ${images.name}, one of ${of} files of images; name them train-… and t10k-…`,
    { file: images.name },
  );
}

function requireEqualCounts({ images, labels }: Pair): void {
  const [imageCount = 0] = images.dimensions;
  const [labelCount = 0] = labels.dimensions;
  if (imageCount === labelCount) return;
  throw new Problem(
    'idx.counts',
    `${images.name} holds ${imageCount} images, but ${labels.name} holds ${labelCount} labels; they must be files of the same set`,
    { images: imageCount, labels: labelCount },
  );
}

function formOf({ name, dimensions, type }: IdxFile): ImageForm {
  const [, height = 0, width = 0, channels = 1] = dimensions;
  if (type !== 0x08) {
    throw new Problem(
      'idx.type',
      `${name} holds numbers of type ${type.toString(16)}; unsigned bytes (type 8) are needed`,
      {
        path: name,
        type: `0x${type.toString(16).padStart(2, '0')}`,
      },
    );
  }
  if (channels !== 1 && channels !== 3) {
    throw new Problem(
      'dataset.channels',
      `${name} has images of ${channels} channels; 1 (grey) or 3 (colour) would be right`,
      {
        file: name,
        channels,
      },
    );
  }
  return { height, width, channels };
}

function requireSameForm(train: IdxFile, test: IdxFile): void {
  const [a, b] = [formOf(train), formOf(test)];
  if (a.height === b.height && a.width === b.width && a.channels === b.channels) return;
  throw new Problem(
    'dataset.part-sizes',
    `training images are ${a.width}×${a.height}×${a.channels} (${train.name}), test images ` +
      `${b.width}×${b.height}×${b.channels} (${test.name}); they must have the same size`,
    { train: `${a.width}×${a.height}×${a.channels}`, test: `${b.width}×${b.height}×${b.channels}` },
  );
}

const imagesAtOnce = 256;

async function readPair(
  part: Part,
  { images, labels }: Pair,
  { height, width, channels }: ImageForm,
  classes: readonly string[] | null,
  sink: ImageSink,
  { signal }: ReadContext,
): Promise<void> {
  const [count = 0] = images.dimensions;
  const each = height * width * channels;
  const numbers = await readLabels(labels);
  const atOnce = Math.max(1, Math.min(imagesAtOnce, Math.floor(2 ** 22 / each)));
  const bytes = Buffer.alloc(atOnce * each);
  const file = await open(images.path);
  try {
    for (let first = 0; first < count; first += atOnce) {
      signal.throwIfAborted();
      const many = Math.min(atOnce, count - first);
      const { bytesRead } = await file.read(bytes, 0, many * each, images.offset + first * each);
      if (bytesRead < many * each)
        throw wrongSize(images, images.offset + count * each, images.dimensions.join(' × '));
      for (let i = 0; i < many; i += 1) {
        const label = numbers[first + i] as number;
        await sink.add(
          part,
          bytes.subarray(i * each, (i + 1) * each),
          classes?.[label] ?? label,
          `${labels.name}, label ${first + i + 1}`,
        );
      }
    }
  } finally {
    await file.close();
  }
}

/** Reads labels. If there are several numbers per label, as in QMNIST, the first is the class. */
async function readLabels({ path, type, dimensions, offset, size }: IdxFile): Promise<number[]> {
  const bytes = await headOf(path, size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { bytes: width, read } = types[type] as (typeof types)[number];
  const [count = 0, columns = 1] = dimensions;
  return Array.from({ length: count }, (_, row) => read(view, offset + row * columns * width));
}
