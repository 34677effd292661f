/**
 * NumPy arrays: `x_train`, `y_train`, `x_test`, `y_test` in an NPZ, or arrays with other names that fit by
 * their shapes.
 */
import { Problem } from '../../../shared/base/problem.ts';
import { zipSource } from '../source/archive.ts';
import { baseName } from '../source/source.ts';
import { unpacked } from '../source/unpack.ts';
import type { Format, ImageForm, ImageSink, Part, ReadContext } from './format.ts';
import { type NpyArray, eachRows, objects, readNpyHeader } from './npy.ts';
import { type PixelRange, pixelRange, squareOf, toByte } from './pixelRange.ts';

interface Layout extends ImageForm {
  /** Position in the array of each number of an image, in the order of rows, columns, channels. */
  readonly places: Uint32Array;
}

interface Pair {
  readonly images: NpyArray;
  readonly labels: NpyArray;
}

export const npzFormat: Format = {
  id: 'npz',
  async recognise(context) {
    const files = context.source.files.filter(({ name }) => /\.np[zy]$/i.test(name));
    if (files.length === 0) return null;
    const arrays: NpyArray[] = [];
    for (const file of files) {
      const plain = await unpacked(file, context);
      if (/\.npy$/i.test(file.name)) arrays.push(await readNpyHeader(plain));
      else arrays.push(...(await membersOf(plain.path, file.name, context)));
    }
    const usable = arrays.filter(({ read }) => read !== null);
    for (const array of arrays.filter(({ read }) => read === null)) {
      if (usable.length < 2) throw objects(array);
      context.note(objects(array));
    }
    const pairs = pairUp(usable);
    const layout = layoutOf(pairs.train.images, context);
    if (pairs.test) requireSameShape(pairs.train.images, pairs.test.images);
    const range = await rangeOf(pairs.train.images, context);
    return {
      format: 'npz',
      form: { height: layout.height, width: layout.width, channels: layout.channels },
      classes: null,
      name: null,
      counts: { train: pairs.train.images.shape[0] ?? 0, test: pairs.test?.images.shape[0] ?? 0 },
      ignored: context.source.files.length - files.length + context.source.ignored,
      async read(sink) {
        await readPair('train', pairs.train, layout, range, sink, context);
        if (pairs.test) await readPair('test', pairs.test, layout, range, sink, context);
      },
    };
  },
};

async function membersOf(path: string, name: string, context: ReadContext): Promise<NpyArray[]> {
  const zip = await zipSource(path, context).catch((error: unknown) => {
    throw error instanceof Problem
      ? new Problem(error.code, error.message.replaceAll(path, name), { ...error.parameters, path: name })
      : error;
  });
  try {
    const arrays: NpyArray[] = [];
    for (const member of zip.files) {
      if (!member.name.endsWith('.npy')) continue;
      const file = await unpacked(member, context);
      arrays.push(await readNpyHeader({ ...file, name: `${name}: ${member.name.slice(0, -4)}` }));
    }
    return arrays;
  } finally {
    await zip.close();
  }
}

const isTest = ({ file }: NpyArray) => /test|val/i.test(baseName(file.name));
/** Returns whether an array may hold labels: one number per image, or one for each class. */
const mayBeLabels = ({ shape, file }: NpyArray) =>
  shape.length === 1 ||
  (shape.length === 2 && (shape[1] === 1 || /(^|[^a-z])(y|label|target)/i.test(baseName(file.name))));

function pairUp(arrays: readonly NpyArray[]): { train: Pair; test: Pair | null } {
  const labels = arrays.filter(mayBeLabels);
  const images = arrays.filter((array) => array.shape.length >= 2 && !mayBeLabels(array));
  const pairs = images.map((own): Pair | null => {
    const alike = labels.filter(
      (each) => each.shape[0] === own.shape[0] && (images.length === 1 || isTest(each) === isTest(own)),
    );
    return alike.length === 1 ? { images: own, labels: alike[0] as NpyArray } : null;
  });
  const [first, second] = pairs;
  if (pairs.length > 2 || !first || second === null) {
    const names = arrays.map(({ file, shape }) => `${file.name} ${shape.join('×')}`).join('; ');
    throw new Problem(
      'dataset.npz-arrays',
      `it is not clear which arrays are images and which their labels (${names}); x_train, y_train, x_test and y_test would be right`,
      { arrays: names },
    );
  }
  if (!second) return { train: first, test: null };
  return isTest(first.images) ? { train: second, test: first } : { train: first, test: second };
}

function requireSameShape(train: NpyArray, test: NpyArray): void {
  const [a, b] = [train.shape.slice(1).join('×'), test.shape.slice(1).join('×')];
  if (a === b) return;
  throw new Problem(
    'dataset.part-sizes',
    `training images are ${a}, test images ${b}; they must have the same size`,
    {
      train: a,
      test: b,
    },
  );
}

function layoutOf({ file, shape }: NpyArray, { options }: ReadContext): Layout {
  const [, ...inner] = shape;
  if (inner.length === 1) return flat(inner[0] as number, file.name, options.size);
  const [a = 0, b = 0, c = 0] = inner;
  if (inner.length === 2) return { height: a, width: b, channels: 1, places: counted(a * b) };
  const isChannels = (side: number) => side === 1 || side === 3;
  const [first, last] = [isChannels(a), isChannels(c)];
  const chosen =
    options.channels === 'auto' ? (first === last ? null : first ? 'first' : 'last') : options.channels;
  if (inner.length !== 3 || chosen === null || !(chosen === 'first' ? first : last)) {
    throw new Problem(
      'dataset.npz-axes',
      `${file.name} has the shape ${shape.join('×')}, from which it is not clear where the channels are; say that they are first or last`,
      { file: file.name, shape: shape.join('×') },
    );
  }
  if (chosen === 'last') return { height: a, width: b, channels: c, places: counted(a * b * c) };
  const places = Uint32Array.from({ length: a * b * c }, (_, i) => (i % a) * b * c + Math.floor(i / a));
  return { height: b, width: c, channels: a, places };
}

const counted = (length: number) => Uint32Array.from({ length }, (_, i) => i);

function flat(pixels: number, file: string, size: { width: number; height: number } | undefined): Layout {
  const square = squareOf(pixels);
  if (size && pixels === size.width * size.height) return { ...size, channels: 1, places: counted(pixels) };
  if (square?.channels === 1)
    return { height: square.side, width: square.side, channels: 1, places: counted(pixels) };
  throw new Problem(
    'dataset.npz-flat',
    `${file} has rows of ${pixels} numbers, which are no square image; give the size`,
    { file, pixels },
  );
}

async function rangeOf(images: NpyArray, { signal }: ReadContext): Promise<PixelRange> {
  const each = images.shape.slice(1).reduce((product, side) => product * side, 1);
  const sample: number[] = [];
  await eachRows(images, signal, async (first, count, at) => {
    if (first > 0) return;
    for (let row = 0; row < Math.min(count, 200); row += 1)
      for (let i = 0; i < each; i += 1) sample.push(Number(at(row, i)));
  });
  return images.itemBytes === 1 ? { scale: 1 } : pixelRange(sample);
}

async function readPair(
  part: Part,
  { images, labels }: Pair,
  { places }: Layout,
  range: PixelRange,
  sink: ImageSink,
  { signal }: ReadContext,
): Promise<void> {
  const numbers = await readLabels(labels, signal);
  const pixels = new Uint8Array(places.length);
  await eachRows(images, signal, async (first, count, at) => {
    for (let row = first; row < first + count; row += 1) {
      const origin = `${images.file.name}, image ${row + 1}`;
      for (let i = 0; i < pixels.length; i += 1)
        pixels[i] = toByte(Number(at(row, places[i] as number)), range, origin);
      await sink.add(part, pixels, numbers[row] as number | string, origin);
    }
  });
}

/** Returns one number or name per image; for one-hot rows, the position of the 1. */
async function readLabels(labels: NpyArray, signal: AbortSignal): Promise<(number | string)[]> {
  const width = labels.shape[1] ?? 1;
  const result: (number | string)[] = [];
  await eachRows(labels, signal, async (first, count, at) => {
    for (let row = first; row < first + count; row += 1) {
      if (width === 1) {
        result.push(at(row, 0));
        continue;
      }
      const values = Array.from({ length: width }, (_, i) => at(row, i));
      const hot = values.flatMap((value, i) => (value === 1 ? [i] : []));
      if (hot.length !== 1 || values.some((value) => value !== 0 && value !== 1)) {
        throw new Problem(
          'dataset.one-hot',
          `${labels.file.name}, row ${row + 1}: a row of labels has one 1 among zeros, and this one has not`,
          { file: labels.file.name, row: row + 1 },
        );
      }
      result.push(hot[0] as number);
    }
  });
  return result;
}
