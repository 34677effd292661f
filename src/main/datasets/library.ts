/**
 * The data sets of a lab: the built-in one and the imported ones, each a folder under `datasets` named by the
 * hash of its files. Opening a set checks all of its bytes, once for as long as the files are unchanged, so
 * that a run never trains on images other than those of its hash.
 */
import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem, toProblemRecord } from '../../shared/base/problem.ts';
import type { Dataset, DatasetSummary } from '../../shared/datasets/dataset.ts';
import type { DatasetEntry, ImportRecord } from '../../shared/datasets/importing.ts';
import { datasetIds as builtIns, openDataset as openBuiltIn } from './index.ts';
import type { Room } from './import/publish.ts';
import { hiddenPrefix, removeHidden } from './import/staging.ts';
import { readRecord, writeRecord } from './records.ts';
import { filesInOrder, hashFiles, readSetFiles } from './setFiles.ts';

interface Kept {
  readonly folder: string;
  readonly record: ImportRecord;
}

interface Opened {
  readonly state: string;
  readonly dataset: Promise<Dataset>;
}

const isHash = (name: string) => /^[0-9a-f]{64}$/.test(name);

export class DatasetLibrary {
  readonly folder: string;
  readonly #opened = new Map<string, Opened>();
  readonly #openBuiltIn: (id: string) => Promise<Dataset>;

  readonly #owner: string;

  /**
   * Creates the library; `home` is the lab's folder and `owner` its identity among the processes that use it.
   * Tests replace the built-in set by a shorter one.
   */
  constructor(home: string, owner: string, openOwn: (id: string) => Promise<Dataset> = openBuiltIn) {
    this.folder = join(home, 'datasets');
    this.#owner = owner;
    this.#openBuiltIn = openOwn;
  }

  /**
   * Opens a set by id or, if no set has that id, by name. Throws a `Problem` for a set that is missing,
   * changed or unknown.
   */
  async open(wanted: string): Promise<Dataset> {
    const kept = await this.#find(wanted);
    if (!kept) return this.#openOther(wanted);
    const state = await stateOf(kept);
    const before = this.#opened.get(kept.folder);
    if (before?.state === state) return named(await before.dataset, kept.record.summary);
    const opened = { state, dataset: openKept(kept) };
    this.#opened.set(kept.folder, opened);
    opened.dataset.catch(() => this.#opened.delete(kept.folder));
    return opened.dataset;
  }

  /** Returns the sets that can be trained on. */
  async list(): Promise<DatasetSummary[]> {
    const usable = (await this.entries()).filter(({ problem }) => problem === null);
    // If there is no set at all, the reason must be reported.
    if (usable.length === 0) return [(await this.#openBuiltIn(builtIns[0] as string)).summary];
    return usable.map(({ summary }) => summary);
  }

  /**
   * Returns all sets, including those whose files are invalid, as far as that can be seen without reading
   * them.
   */
  async entries(): Promise<DatasetEntry[]> {
    const own = await Promise.all(builtIns.map((id) => this.#builtInEntry(id)));
    return [
      ...own.filter((entry) => entry !== null),
      ...(await Promise.all((await this.#kept()).map(entryOf))),
    ];
  }

  /** Returns the hash that a run records for the set, without reading its files. */
  async hashOf(wanted: string): Promise<string> {
    const kept = await this.#find(wanted);
    return kept ? kept.record.summary.hash : (await this.#openOther(wanted)).summary.hash;
  }

  async rename(id: string, name: string): Promise<ImportRecord> {
    const { folder, record } = await this.#require(id);
    await this.#requireFree(name, record.summary.id);
    const renamed = { ...record, summary: { ...record.summary, name } };
    await writeRecord(folder, renamed);
    return renamed;
  }

  /** Removes the set's files atomically, so that no half of a set is left. */
  async remove(id: string): Promise<void> {
    const { folder } = await this.#require(id);
    const away = join(this.folder, `${hiddenPrefix('removed', this.#owner)}${Date.now()}`);
    await rename(folder, away);
    this.#opened.delete(folder);
    await removeHidden(away);
  }

  /**
   * Returns the naming for a new import: the wanted name if `strict`, otherwise with a number if another set
   * has it.
   */
  async room(strict: boolean): Promise<Room> {
    const entries = await this.entries();
    const taken = new Set(entries.flatMap(({ summary }) => [summary.id, summary.name.toLowerCase()]));
    const hashes = new Set(entries.map(({ summary }) => summary.hash));
    const free = ({ name, id }: { name: string; id: string }) =>
      !taken.has(id) && !taken.has(name.toLowerCase());
    const naming: Room['naming'] = (wanted) => {
      if (free(wanted)) return wanted;
      if (strict) throw nameTaken(wanted.name);
      for (let number = 2; ; number += 1) {
        const next = { name: `${wanted.name} ${number}`, id: `${wanted.id}-${number}` };
        if (free(next)) return next;
      }
    };
    return { naming, has: (hash) => hashes.has(hash) };
  }

  async #requireFree(name: string, own: string): Promise<void> {
    const clash = (await this.entries()).some(
      ({ summary }) =>
        summary.id !== own && [summary.id, summary.name.toLowerCase()].includes(name.toLowerCase()),
    );
    if (clash) throw nameTaken(name);
  }

  async #require(wanted: string): Promise<Kept> {
    const kept = await this.#find(wanted);
    if (kept) return kept;
    if (builtIns.includes(wanted)) {
      throw new Problem(
        'dataset.built-in',
        `the data set "${wanted}" came with the program and stays as it is`,
        {
          id: wanted,
        },
      );
    }
    throw await this.#unknown(wanted);
  }

  async #openOther(wanted: string): Promise<Dataset> {
    const id = builtIns.find((each) => each === wanted.toLowerCase()) ?? wanted;
    try {
      return await this.#openBuiltIn(id);
    } catch (error) {
      throw error instanceof Problem && error.code === 'dataset.unknown'
        ? await this.#unknown(wanted)
        : error;
    }
  }

  async #unknown(id: string): Promise<Problem> {
    const known = [...builtIns, ...(await this.#kept()).map(({ record }) => record.summary.id)].join(', ');
    return new Problem('dataset.unknown', `there is no data set "${id}"; there is ${known}`, { id, known });
  }

  async #builtInEntry(id: string): Promise<DatasetEntry | null> {
    try {
      const { summary, files } = await this.#openBuiltIn(id);
      return {
        summary,
        imported: null,
        bytes: await bytesOf(filesInOrder(files).map(({ path }) => path)),
        problem: null,
      };
    } catch (error) {
      // A built-in set that cannot be opened is reported when it is asked for; the list contains the others.
      if (error instanceof Problem) return null;
      throw error;
    }
  }

  async #find(wanted: string): Promise<Kept | undefined> {
    const kept = await this.#kept();
    return (
      kept.find(({ record }) => record.summary.id === wanted) ??
      (builtIns.includes(wanted)
        ? undefined
        : kept.find(({ record }) => record.summary.name.toLowerCase() === wanted.toLowerCase()))
    );
  }

  /** Returns the imported sets in the order in which they were imported. */
  async #kept(): Promise<Kept[]> {
    const names = await readdir(this.folder).catch(() => []);
    const all = await Promise.all(
      names.filter(isHash).map(async (name) => {
        const folder = join(this.folder, name);
        const record = await readRecord(folder);
        return record ? { folder, record } : null;
      }),
    );
    return all
      .filter((kept) => kept !== null)
      .sort((a, b) => (a.record.importedAt < b.record.importedAt ? -1 : 1));
  }
}

function nameTaken(name: string): Problem {
  return new Problem(
    'dataset.name-taken',
    `there is a data set named "${name}" already; choose another name`,
    { name },
  );
}

/** Returns the set under another name, which does not make it another set. */
function named(dataset: Dataset, summary: DatasetSummary): Dataset {
  return dataset.summary.name === summary.name ? dataset : { ...dataset, summary };
}

async function openKept({ folder, record: { summary } }: Kept): Promise<Dataset> {
  const files = await checkedFiles(folder, summary);
  const hash = await hashFiles(filesInOrder(files));
  if (hash !== summary.hash) throw changed(summary, folder, hash);
  return { summary, files };
}

async function checkedFiles(folder: string, summary: DatasetSummary) {
  const files = await readSetFiles(folder, summary.channels).catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(
      'dataset.files',
      `the data set "${summary.name}" is damaged: ${error.message}; delete it and import it again`,
      { name: summary.name, reason: error.message },
    );
  });
  if (files.train.images.count !== summary.trainCount || files.test.images.count !== summary.testCount)
    throw changed(summary, folder, '');
  return files;
}

function changed({ name, hash: expected }: DatasetSummary, folder: string, hash: string): Problem {
  return new Problem(
    'dataset.files-changed',
    `the files of the data set "${name}" in ${folder} were changed since it was imported; delete it and import it again`,
    { name, folder, hash, expected },
  );
}

async function entryOf({ folder, record }: Kept): Promise<DatasetEntry> {
  const { version: _version, summary, ...imported } = record;
  try {
    const files = await checkedFiles(folder, summary);
    return {
      summary,
      imported,
      bytes: await bytesOf(filesInOrder(files).map(({ path }) => path)),
      problem: null,
    };
  } catch (error) {
    return { summary, imported, bytes: 0, problem: toProblemRecord(error) };
  }
}

async function bytesOf(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return sizes.reduce((total, size) => total + size, 0);
}

/** Returns sizes and modification times of a set's files; if they are unchanged, so are the bytes. */
async function stateOf({ folder, record: { summary } }: Kept): Promise<string> {
  const files = await checkedFiles(folder, summary);
  const states = await Promise.all(
    filesInOrder(files).map(async ({ path }) => {
      const { size, mtimeMs, ino } = await stat(path);
      return `${size} ${mtimeMs} ${ino}`;
    }),
  );
  return states.join('|');
}
