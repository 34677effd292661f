/**
 * CIFAR-10 and CIFAR-100, binary version: records of one or two labels (coarse, fine), then 3,072 bytes of
 * pixels.
 */
import { open, readFile } from 'node:fs/promises';
import { Problem } from '../../../shared/base/problem.ts';
import { type SourceFile, baseName } from '../source/source.ts';
import { type UnpackedFile, unpacked } from '../source/unpack.ts';
import { cifar10Classes, cifarPixels, cifarSide, interleave } from './cifarNames.ts';
import type { Format, ImageSink, Part, ReadContext } from './format.ts';

interface Batch {
  readonly file: UnpackedFile;
  readonly part: Part;
}

const isBatch = (name: string) =>
  /^(data_batch_\d+|test_batch|train|test)\.bin(\.gz)?$/i.test(baseName(name));

export const cifarFormat: Format = {
  id: 'cifar',
  async recognise(context) {
    const { source, options } = context;
    const files = source.files.filter(({ name }) => isBatch(name));
    if (files.length === 0) return null;
    const batches: Batch[] = [];
    for (const file of files)
      batches.push({
        file: await unpacked(file, context),
        part: /test/i.test(baseName(file.name)) ? 'test' : 'train',
      });
    const hundred = files.some(({ name }) => /^(train|test)\.bin/i.test(baseName(name)));
    const labels = hundred ? 2 : 1;
    for (const { file } of batches) requireWhole(file, labels);
    const names = await classNames(source.files, hundred, options.labels, context);
    const count = (part: Part) =>
      batches.reduce(
        (sum, each) => sum + (each.part === part ? each.file.size / (labels + cifarPixels) : 0),
        0,
      );
    return {
      format: 'cifar',
      form: { height: cifarSide, width: cifarSide, channels: 3 },
      classes: names,
      name: hundred ? 'CIFAR-100' : 'CIFAR-10',
      counts: { train: count('train'), test: count('test') },
      ignored: source.files.length - batches.length + source.ignored,
      async read(sink) {
        for (const batch of batches)
          await readBatch(batch, labels, options.labels === 'fine' ? labels - 1 : 0, sink, context);
      },
    };
  },
};

function requireWhole({ name, size }: UnpackedFile, labels: number): void {
  const record = labels + cifarPixels;
  if (size > 0 && size % record === 0) return;
  throw new Problem(
    'dataset.cifar-size',
    `${name} has ${size} bytes, which is no whole number of records of ${record} bytes; get the file again`,
    { file: name, size, record },
  );
}

/** Returns the class names from the list beside the data, otherwise the known ones, otherwise numbers. */
async function classNames(
  files: readonly SourceFile[],
  hundred: boolean,
  labels: 'fine' | 'coarse',
  context: ReadContext,
): Promise<readonly string[] | null> {
  const wanted = hundred ? `${labels}_label_names.txt` : 'batches.meta.txt';
  const list = files.find(({ name }) => baseName(name).toLowerCase() === wanted);
  if (!list) return hundred ? null : cifar10Classes;
  const { path } = await unpacked(list, context);
  const names = (await readFile(path, 'utf8')).split('\n').flatMap((line) => line.trim() || []);
  const expected = !hundred ? 10 : labels === 'fine' ? 100 : 20;
  if (names.length === expected) return names;
  throw new Problem(
    'dataset.class-names',
    `${list.name} names ${names.length} classes, where ${expected} would be right`,
    {
      ...{ file: list.name, count: names.length, expected },
    },
  );
}

async function readBatch(
  { file, part }: Batch,
  labels: number,
  labelAt: number,
  sink: ImageSink,
  { signal }: ReadContext,
): Promise<void> {
  const record = labels + cifarPixels;
  const atOnce = 256;
  const bytes = Buffer.alloc(atOnce * record);
  const pixels = new Uint8Array(cifarPixels);
  const handle = await open(file.path);
  try {
    for (let first = 0; first * record < file.size; first += atOnce) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, first * record);
      for (let at = 0; at + record <= bytesRead; at += record) {
        const label = bytes[at + labelAt] as number;
        const origin = `${file.name}, record ${first + at / record + 1}`;
        await sink.add(part, interleave(bytes.subarray(at + labels, at + record), pixels), label, origin);
      }
    }
  } finally {
    await handle.close();
  }
}
