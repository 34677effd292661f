/**
 * Prepares a data set from a file, a folder or an archive in a hidden folder of the lab (`staging.ts`), in a
 * thread of its own (`importThread.ts`). `publish.ts` makes a set of it.
 */
import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Problem, toProblemRecord } from '../../../shared/base/problem.ts';
import type { ImportOptions, ImportProgress, ImportRecord } from '../../../shared/datasets/importing.ts';
import { formats } from '../formats/index.ts';
import type { Format, ReadContext, Recognised } from '../formats/format.ts';
import { emnistSet, knownSet } from '../knownSets.ts';
import { addPixels, channelSums, eachChunk, meanAndDeviation } from '../pixelStatistics.ts';
import { filesInOrder, hashFiles, readSetFiles } from '../setFiles.ts';
import { openSource } from '../source/openSource.ts';
import { baseName } from '../source/source.ts';
import { SetWriter, type WrittenSet } from './setWriter.ts';
import { setFolder } from './staging.ts';

export interface ImportOrder {
  /** Hidden folder for everything that the import writes. */
  readonly staging: string;
  readonly path: string;
  /** Name of the source for the user, if it is not its path. */
  readonly called?: string | undefined;
  readonly options: ImportOptions;
}

/** What an import tells while it runs, and what ends it. */
export interface ImportContext {
  readonly signal: AbortSignal;
  readonly progress: (progress: ImportProgress) => void;
}

/**
 * Writes the set's files into the staging folder and returns its record, with the name and id that it should
 * have. Rejects with a `Problem` that says what was wrong, or with the signal's reason.
 */
export async function prepareSet(
  order: ImportOrder,
  { signal, progress }: ImportContext,
): Promise<ImportRecord> {
  const { options, staging } = order;
  const [scratch, set] = [join(staging, 'scratch'), setFolder(staging)];
  await mkdir(scratch, { mode: 0o700 });
  await mkdir(set, { mode: 0o700 });
  const path = resolve(order.path);
  progress({ phase: 'looking', done: 0, total: null });
  const source = await openSource(path, { scratch, signal, progress });
  try {
    const notes: Problem[] = [];
    const note = (problem: Problem) => void notes.push(problem);
    const context: ReadContext = { source, options, scratch, signal, progress, note };
    const recognised = await recognise(context);
    const writer = new SetWriter({
      ...{ folder: set, recognised, options, signal, progress },
      transpose: isTransposed(recognised, context, note),
    });
    let written: WrittenSet;
    try {
      await recognised.read(writer);
      written = await writer.finish();
    } finally {
      await writer.close();
    }
    const measured = await measure(set, written, { signal, progress });
    return recordOf({ ...order, path: order.called ?? path }, { recognised, written, notes, measured });
  } finally {
    await source.close();
  }
}

/** Returns the first format that recognises the source. */
export async function recognise(
  context: ReadContext,
  among: readonly Format[] = formats,
): Promise<Recognised> {
  for (const format of among) {
    context.signal.throwIfAborted();
    const recognised = await format.recognise(context);
    if (recognised) return recognised;
  }
  const { path, files } = context.source;
  throw new Problem(
    'dataset.no-format',
    files.length === 0
      ? `${path} holds no file`
      : `${path} holds nothing that can be imported; IDX, CIFAR, a folder of pictures with a sub-folder a class, CSV, NPZ ` +
          'and Parquet would be right',
    { path, files: files.length },
  );
}

/** Returns whether rows and columns are swapped, as in EMNIST's files. */
export function isTransposed(
  { format }: Recognised,
  { options, source }: ReadContext,
  note: (note: Problem) => void,
): boolean {
  if (options.transpose !== 'auto') return options.transpose === 'yes';
  const emnist = format === 'idx' && source.files.some(({ name }) => emnistSet(baseName(name)) !== null);
  if (emnist) {
    note(
      new Problem(
        'dataset.note-transposed',
        "EMNIST's images have rows and columns exchanged; they were turned the right way round",
      ),
    );
  }
  return emnist;
}

interface Measured {
  readonly mean: number[];
  readonly deviation: number[];
  readonly hash: string;
}

interface Prepared {
  readonly recognised: Recognised;
  readonly written: WrittenSet;
  readonly notes: readonly Problem[];
  readonly measured: Measured;
}

function recordOf(
  { path, options }: ImportOrder,
  { recognised, written, notes, measured }: Prepared,
): ImportRecord {
  const { report, form, counts } = written;
  const known = knownSet(measured.hash);
  const classes = known && known.classes.length === written.classes.length ? known.classes : written.classes;
  const name = options.name ?? known?.name ?? recognised.name ?? nameOf(path);
  const id = options.name ? idOf(options.name) : (known?.id ?? idOf(name));
  return {
    version: 1,
    summary: {
      ...{ id, name, ...form, classes: [...classes] },
      ...{ trainCount: counts.train, testCount: counts.test, ...measured },
    },
    ...{ format: recognised.format, source: path, options },
    importedAt: new Date().toISOString(),
    report: {
      ...{ ...report, ignored: recognised.ignored },
      notes: [...notes, ...written.notes].map(toProblemRecord),
    },
  };
}

/**
 * Reads the complete set as the engine will, for the mean and deviation of the training images and the hash
 * of all four files.
 */
async function measure(
  set: string,
  { form, counts }: WrittenSet,
  { signal, progress }: ImportContext,
): Promise<Measured> {
  const files = await readSetFiles(set, form.channels);
  const total = counts.train + counts.test;
  progress({ phase: 'checking', done: 0, total });
  const each = form.height * form.width * form.channels;
  const sums = channelSums(form.channels);
  sums.pixels = counts.train * form.height * form.width;
  await eachChunk(
    files.train.images,
    each,
    (bytes, first) => {
      addPixels(sums, bytes);
      progress({ phase: 'checking', done: first, total });
    },
    signal,
  );
  const hash = await hashFiles(filesInOrder(files), () => {
    signal.throwIfAborted();
  });
  return { ...meanAndDeviation(sums), hash };
}

/** Returns the source's name without the extensions of its packing. */
function nameOf(path: string): string {
  const name = basename(path)
    .replace(/\.(gz|tgz|tar|zip|csv|npz|parquet|bin)$/gi, '')
    .replace(/\.tar$/i, '');
  return name.trim().slice(0, 80) || 'data';
}

/**
 * Returns an id of letters and digits joined by hyphens, which is one word in a filter and on a command line.
 */
function idOf(name: string): string {
  const id = name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return id.slice(0, 60) || 'data';
}
