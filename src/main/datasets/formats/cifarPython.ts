/**
 * CIFAR-10 and CIFAR-100, Python version: pickles of a dictionary with rows of pixels and lists of labels,
 * parsed as data without running code.
 */
import { readFile } from 'node:fs/promises';
import { Problem } from '../../../shared/base/problem.ts';
import { textOf } from '../../../shared/pickle/values.ts';
import { type SourceFile, baseName } from '../source/source.ts';
import { unpacked } from '../source/unpack.ts';
import { cifar10Classes, cifarPixels, cifarSide, interleave } from './cifarNames.ts';
import type { Format, ImageSink, Part, ReadContext } from './format.ts';
import { type ByteArray, byteArray, readNumpyPickle, texts, wholeNumbers } from './numpyPickle.ts';

/** Limit on a file's size; the largest of CIFAR's own files has 155 MB. */
const mostBytes = 256 * 2 ** 20;
const isBatch = (name: string) => /^(data_batch_\d+|test_batch|train|test)$/.test(baseName(name));
const partOf = (name: string): Part => (/test/.test(baseName(name)) ? 'test' : 'train');

interface Batch {
  readonly data: ByteArray;
  readonly labels: readonly number[];
}

export const cifarPythonFormat: Format = {
  id: 'cifarPython',
  async recognise(context) {
    const { source, options } = context;
    const files = source.files.filter(({ name }) => isBatch(name));
    if (files.length === 0) return null;
    const counts = { train: 0, test: 0 };
    // The files are read one after another, so that only one is in memory.
    for (const file of files)
      counts[partOf(file.name)] += (await readBatch(file, options.labels, context)).labels.length;
    const hundred = files.some(({ name }) => /^(train|test)$/.test(baseName(name)));
    return {
      format: 'cifarPython',
      form: { height: cifarSide, width: cifarSide, channels: 3 },
      classes: await classNames(hundred, context),
      name: hundred ? 'CIFAR-100' : 'CIFAR-10',
      counts,
      ignored: source.files.length - files.length + source.ignored,
      async read(sink) {
        for (const file of files)
          await hand(file, await readBatch(file, options.labels, context), sink, context);
      },
    };
  },
};

async function readBatch(file: SourceFile, labels: 'fine' | 'coarse', context: ReadContext): Promise<Batch> {
  context.signal.throwIfAborted();
  const dict = readNumpyPickle(await read(file, context), file.name);
  const data = byteArray(dict.get('data'));
  const numbers = wholeNumbers(dict.get('labels') ?? dict.get(`${labels}_labels`));
  if (!data || !numbers) {
    const keys = dict.entries.map(([key]) => textOf(key) ?? '?').join(', ');
    throw new Problem(
      'dataset.cifar-keys',
      `${file.name} has ${keys}; "data" with unsigned bytes and "labels" or "fine_labels" with numbers would be right`,
      { file: file.name, keys },
    );
  }
  const [rows = 0] = data.shape;
  if (data.bytes.length !== rows * cifarPixels || numbers.length !== rows) {
    throw new Problem(
      'dataset.cifar-rows',
      `${file.name} holds ${data.shape.join('×')} bytes and ${numbers.length} labels; rows of ${cifarPixels} and a label each would be right`,
      { file: file.name, shape: data.shape.join('×'), labels: numbers.length, row: cifarPixels },
    );
  }
  return { data, labels: numbers };
}

async function read(file: SourceFile, context: ReadContext): Promise<Uint8Array> {
  const { path, size } = await unpacked(file, context);
  if (size > mostBytes) {
    throw new Problem(
      'dataset.pickle-size',
      `${file.name} has ${size} bytes; a pickle of at most ${mostBytes} is read`,
      {
        file: file.name,
        size,
        most: mostBytes,
      },
    );
  }
  return readFile(path, { signal: context.signal });
}

async function hand(
  file: SourceFile,
  { data, labels }: Batch,
  sink: ImageSink,
  { signal }: ReadContext,
): Promise<void> {
  const planes = new Uint8Array(cifarPixels);
  const pixels = new Uint8Array(cifarPixels);
  for (const [row, label] of labels.entries()) {
    signal.throwIfAborted();
    if (data.fortran)
      for (let i = 0; i < cifarPixels; i += 1) planes[i] = data.bytes[i * labels.length + row] as number;
    else planes.set(data.bytes.subarray(row * cifarPixels, (row + 1) * cifarPixels));
    await sink.add(partOf(file.name), interleave(planes, pixels), label, `${file.name}, row ${row + 1}`);
  }
}

async function classNames(hundred: boolean, context: ReadContext): Promise<readonly string[] | null> {
  const { source, options } = context;
  const meta = source.files.find(({ name }) => baseName(name) === (hundred ? 'meta' : 'batches.meta'));
  if (!meta) return hundred ? null : cifar10Classes;
  const dict = readNumpyPickle(await read(meta, context), meta.name);
  const names = texts(dict.get(hundred ? `${options.labels}_label_names` : 'label_names'));
  const expected = !hundred ? 10 : options.labels === 'fine' ? 100 : 20;
  if (names?.length === expected) return names;
  throw new Problem(
    'dataset.class-names',
    `${meta.name} names ${names?.length ?? 0} classes, where ${expected} would be right`,
    { file: meta.name, count: names?.length ?? 0, expected },
  );
}
