/**
 * Checkpoint files: one folder per run under STRIDE_HOME with `last.safetensors`, from which the run resumes,
 * `previous.safetensors`, the checkpoint before it, and `best.safetensors`, the state after the best epoch. A
 * file is written beside the old one, synced to the disk and then renamed over it, so that at every moment,
 * and after a power cut, either the old or the new file exists in full.
 *
 * The best and the previous checkpoint were each the last one at some time and are hard links to its bytes.
 * The last file is only ever replaced, never modified, so that the other names keep their contents.
 *
 * Every file names its run (`format.ts`), and so does the folder (`runFolders.ts`): only the run that a file
 * belongs to reads, replaces or removes it.
 */
import { createHash } from 'node:crypto';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../shared/base/problem.ts';
import type { KnownRun, RunManifest } from '../../shared/runs/manifest.ts';
import { fileProblem, readIfThere, replace, secondName, syncFolder, writeSynced } from './disk.ts';
import { type SavedCheckpoint, decodeOwnCheckpoint, encodeCheckpoint } from './format.ts';
import {
  folderNumbers,
  folderOf,
  isOwnFolder,
  makeRunFolder,
  manifestFile,
  requireOwnFolder,
} from './runFolders.ts';

export type { SavedCheckpoint } from './format.ts';

/** `last`: the newest state of the run. `previous`: the one before it. `best`: the state at the end of its best epoch. */
export type CheckpointFileKind = 'last' | 'previous' | 'best';

export interface FileFacts {
  readonly name: string;
  readonly bytes: number;
  readonly modifiedAt: string;
  /** SHA-256 of the file. */
  readonly hash: string;
}

export interface CheckpointFiles {
  /** Names of the files in the run's folder. */
  readonly names: Readonly<Record<CheckpointFileKind, string>>;
  path(run: number, kind?: CheckpointFileKind): string;
  /** Returns the highest number of a folder, or 0 if there is none. */
  highest(): number;
  /** Creates a new run's folder. Throws a `Problem` if a folder with that number exists. */
  claim(manifest: RunManifest): void;
  /**
   * Writes the checkpoint, keeps the one before it under its own name, and returns the file's size in bytes;
   * both are on the disk by then. If it throws a `Problem` (full disk, …), the old file remains.
   */
  write(run: number, saved: SavedCheckpoint): Promise<number>;
  /**
   * Makes the last checkpoint the best one too, as safely as `write`, and returns its size. The call is
   * idempotent.
   */
  keepBest(run: number): Promise<number>;
  /** Replaces a damaged last checkpoint by the one before it. */
  goBack(run: number): Promise<void>;
  /** Removes the best checkpoint if there is one. */
  dropBest(run: number): Promise<void>;
  /**
   * Returns null if the run has no such checkpoint. Throws a `Problem` if the file is not a checkpoint, or
   * not this run's. Only the run's owner may call it, because it removes files that a killed process left
   * half-written.
   */
  read(run: number, kind?: CheckpointFileKind): Promise<SavedCheckpoint | null>;
  /** Returns all files of a run by name, without half-written ones; none if it has no folder. */
  list(run: number): Promise<FileFacts[]>;
  folder(run: number): string;
  /**
   * Removes the run's folder with its contents; does nothing if it does not exist or belongs to another run.
   */
  removeAll(run: number): Promise<void>;
  /** Reads like `read` without removing anything, so that it may be called while the run trains. */
  peek(run: number, kind?: CheckpointFileKind): Promise<SavedCheckpoint | null>;
}

const names = {
  last: 'last.safetensors',
  previous: 'previous.safetensors',
  best: 'best.safetensors',
} as const;

/** The folder of all runs' files, and a way to ask history about a run. */
interface Places {
  readonly home: string;
  readonly known: (run: number) => KnownRun | undefined;
  /** Throws a `Problem` if there is no such run. */
  readonly requireKnown: (run: number) => KnownRun;
  readonly folder: (run: number) => string;
  readonly path: (run: number, kind?: CheckpointFileKind) => string;
  /**
   * A run belongs to one process, which writes one checkpoint at a time, so a file of this name was left by a killed
   * process.
   */
  readonly temporary: (run: number, kind?: CheckpointFileKind) => string;
}

function placesIn(home: string, known: Places['known']): Places {
  const folder = (run: number) => folderOf(home, run);
  const path = (run: number, kind: CheckpointFileKind = 'last') => join(folder(run), names[kind]);
  return {
    home,
    known,
    requireKnown: (run) => {
      const found = known(run);
      if (found) return found;
      throw new Problem('run.unknown', `there is no run ${run}; "runs" lists those that there are`, { run });
    },
    folder,
    path,
    temporary: (run, kind) => `${path(run, kind)}.tmp`,
  };
}

/**
 * Creates the functions; `known` returns what history knows about a run, or undefined if there is no such
 * run.
 */
export function checkpointFiles(home: string, known: (run: number) => KnownRun | undefined): CheckpointFiles {
  const places = placesIn(home, known);
  return {
    names,
    path: places.path,
    folder: places.folder,
    highest: () => folderNumbers(home).at(-1) ?? 0,
    claim: (manifest) => {
      makeRunFolder(home, manifest);
    },
    ...writing(places),
    ...reading(places),
    list: (run) => filesIn(places.folder(run)),
    removeAll: (run) => removeFolder(places, run),
  };
}

type Writing = Pick<CheckpointFiles, 'write' | 'keepBest' | 'goBack' | 'dropBest'>;

function writing(places: Places): Writing {
  const { home, requireKnown, folder, path, temporary } = places;
  return {
    write: async (run, saved) => {
      const owner = requireKnown(run);
      requireOwnFolder(home, owner);
      const bytes = await encodeCheckpoint(saved, owner.manifest);
      try {
        await rm(temporary(run), { force: true, recursive: true });
        await writeSynced(temporary(run), bytes);
        await alsoCall(places, run, 'last', 'previous');
        await replace(temporary(run), path(run));
        await syncFolder(folder(run));
      } catch (error) {
        await rm(temporary(run), { force: true }).catch(() => undefined);
        throw fileProblem(error, path(run), 'written');
      }
      return bytes.length;
    },
    keepBest: async (run) => {
      try {
        await alsoCall(places, run, 'last', 'best');
        await syncFolder(folder(run));
        return (await stat(path(run, 'best'))).size;
      } catch (error) {
        throw fileProblem(error, path(run, 'best'), 'written');
      }
    },
    goBack: async (run) => {
      requireOwnFolder(home, requireKnown(run));
      try {
        if (await alsoCall(places, run, 'previous', 'last')) await syncFolder(folder(run));
      } catch (error) {
        throw fileProblem(error, path(run), 'written');
      }
    },
    dropBest: async (run) => {
      try {
        await rm(path(run, 'best'), { force: true });
      } catch (error) {
        throw fileProblem(error, path(run, 'best'), 'written');
      }
    },
  };
}

function reading({ requireKnown, path, temporary }: Places): Pick<CheckpointFiles, 'read' | 'peek'> {
  const peek = async (run: number, kind: CheckpointFileKind = 'last') => {
    const bytes = await readIfThere(path(run, kind));
    return bytes && decodeOwnCheckpoint(bytes, path(run, kind), requireKnown(run));
  };
  return {
    peek,
    read: async (run, kind = 'last') => {
      try {
        await rm(temporary(run, kind), { force: true, recursive: true });
      } catch (error) {
        throw fileProblem(error, path(run, kind), 'read');
      }
      return peek(run, kind);
    },
  };
}

/** Gives the file another name atomically; returns false if there is no such file. */
async function alsoCall(
  { path, temporary }: Places,
  run: number,
  kind: CheckpointFileKind,
  other: CheckpointFileKind,
): Promise<boolean> {
  const beside = temporary(run, other);
  try {
    await rm(beside, { force: true, recursive: true });
    await secondName(path(run, kind), beside);
    await replace(beside, path(run, other));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  } finally {
    // If both names were already the same file's, the system renames nothing and leaves this one.
    await rm(beside, { force: true }).catch(() => undefined);
  }
}

/** Returns all files of a folder by name, without half-written ones. */
async function filesIn(folder: string): Promise<FileFacts[]> {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fileProblem(error, folder, 'read');
  }
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'));
  const facts = await Promise.all(files.map(({ name }) => factsOf(folder, name)));
  return facts.filter((each) => each !== null).sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

async function removeFolder({ home, known, folder }: Places, run: number): Promise<void> {
  const owner = known(run);
  if (!owner || !isOwnFolder(home, owner)) return;
  try {
    // The manifest is removed last, so that an interrupted removal can be repeated.
    for (const name of await readdir(folder(run)).catch(() => [])) {
      if (name !== manifestFile) await rm(join(folder(run), name), { recursive: true, force: true });
    }
    await rm(folder(run), { recursive: true, force: true });
  } catch (error) {
    throw fileProblem(error, folder(run), 'removed');
  }
}

/** Returns null if the file has just disappeared, because a run that trains replaces its files. */
async function factsOf(folder: string, name: string): Promise<FileFacts | null> {
  const path = join(folder, name);
  try {
    const hash = createHash('sha256');
    const file = await open(path, 'r');
    try {
      const { size, mtime } = await file.stat();
      for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
      return { name, bytes: size, modifiedAt: mtime.toISOString(), hash: hash.digest('hex') };
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fileProblem(error, path, 'read');
  }
}
