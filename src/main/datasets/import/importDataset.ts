/**
 * Imports a data set from a file, a folder or an archive into a hidden folder of the lab, which is renamed
 * atomically when it is complete. If an import ends before that, through an error, a cancellation or the end
 * of the program, no set is left.
 */
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Problem, toProblemRecord } from '../../../shared/base/problem.ts';
import type { ImportOptions, ImportProgress, ImportRecord } from '../../../shared/datasets/importing.ts';
import type { DatasetSummary } from '../../../shared/datasets/dataset.ts';
import { writeRecord } from '../records.ts';
import { formats } from '../formats/index.ts';
import type { Format, ReadContext, Recognised } from '../formats/format.ts';
import { emnistSet, knownSet } from '../knownSets.ts';
import { addPixels, channelSums, eachChunk, meanAndDeviation } from '../pixelStatistics.ts';
import { filesInOrder, hashFiles, readSetFiles } from '../setFiles.ts';
import { openSource } from '../source/openSource.ts';
import { baseName } from '../source/source.ts';
import { SetWriter, type WrittenSet } from './setWriter.ts';

export interface ImportOrder {
  /** Folder in which the lab keeps its sets. */
  readonly folder: string;
  readonly path: string;
  /** Name of the source for the user, if it is not its path. */
  readonly called?: string;
  readonly options: ImportOptions;
  readonly signal: AbortSignal;
  readonly progress: (progress: ImportProgress) => void;
  /** Returns a name and id that no other set in the lab has. */
  readonly naming: (wanted: { name: string; id: string }) => { name: string; id: string };
  /** Returns whether the lab has a set with this hash. */
  readonly has: (hash: string) => boolean;
}

export interface Imported {
  readonly record: ImportRecord;
  /** Whether a set with the same images and labels existed already, so that nothing was added. */
  readonly alreadyThere: boolean;
}

export const stagingPrefix = '.importing-';

/** Rejects with a `Problem` that says what was wrong, or with the signal's reason; then nothing is left. */
export async function importDataset(order: ImportOrder): Promise<Imported> {
  await mkdir(order.folder, { recursive: true, mode: 0o700 });
  const staging = await mkdtemp(join(order.folder, `${stagingPrefix}${process.pid}-`));
  try {
    return await imported(order, staging);
  } finally {
    await rm(staging, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function imported(order: ImportOrder, staging: string): Promise<Imported> {
  const { signal, progress, options } = order;
  const [scratch, set] = [join(staging, 'scratch'), join(staging, 'set')];
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
    return await publish(order, { set, path: order.called ?? path, recognised, written, notes });
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

interface ToPublish {
  readonly set: string;
  readonly path: string;
  readonly recognised: Recognised;
  readonly written: WrittenSet;
  readonly notes: readonly Problem[];
}

async function publish(order: ImportOrder, of: ToPublish): Promise<Imported> {
  const { signal, options } = order;
  const { set, path, recognised, written, notes } = of;
  const { measured, hash } = await check(order, of);
  const there = order.has(hash);
  const known = knownSet(hash);
  const classes = known && known.classes.length === written.classes.length ? known.classes : written.classes;
  const suggested = options.name ?? known?.name ?? recognised.name ?? nameOf(path);
  const wanted = { name: suggested, id: options.name ? idOf(options.name) : (known?.id ?? idOf(suggested)) };
  const { id, name } = there ? wanted : order.naming(wanted);
  const { report, form, counts } = written;
  const summary: DatasetSummary = {
    ...{ id, name, ...form, classes: [...classes] },
    ...{ trainCount: counts.train, testCount: counts.test, hash, ...measured },
  };
  const record: ImportRecord = {
    ...{ version: 1, summary, format: recognised.format, source: path, options },
    importedAt: new Date().toISOString(),
    report: {
      ...{ ...report, ignored: recognised.ignored },
      notes: [...notes, ...written.notes].map(toProblemRecord),
    },
  };
  if (there) return { record, alreadyThere: true };
  await writeRecord(set, record);
  signal.throwIfAborted();
  try {
    await rename(set, join(order.folder, hash));
    return { record, alreadyThere: false };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(code) || !(await isFolder(join(order.folder, hash))))
      throw error;
    return { record, alreadyThere: true };
  }
}

/**
 * Reads the complete set as the engine will, for the mean and deviation of the training images and the hash
 * of all four files.
 */
async function check({ signal, progress }: ImportOrder, { set, written }: ToPublish) {
  const { form, counts } = written;
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
  return { measured: meanAndDeviation(sums), hash };
}

const isFolder = async (path: string) => (await stat(path).catch(() => null))?.isDirectory() ?? false;

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
