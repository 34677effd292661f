/**
 * Checkpoint files: one folder a run under STRIDE_HOME, in it `last.safetensors`, from which the run goes on,
 * `previous.safetensors`, the one before it, and `best.safetensors`, the state after its best epoch. A file is written
 * beside the old one, synced to the disk and then renamed over it, so that at every moment, and after a power cut, there
 * is either the old one or the new one, whole.
 *
 * The best one is the last one of a moment ago: a second name for the same bytes; so is the previous one. The last one is
 * never written into, only replaced, so that the other names keep what they had.
 *
 * Every file says whose it is (`format.ts`), and so does the folder (`runFolders.ts`): a file is only read, written over
 * and removed by the run that it belongs to.
 */
import { createHash } from 'node:crypto';
import { open, readFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../shared/base/problem.ts';
import type { KnownRun, RunManifest } from '../../shared/runs/manifest.ts';
import { fileProblem, replace, secondName, syncFolder, writeSynced } from './disk.ts';
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
  /** SHA-256. */
  readonly hash: string;
}

export interface CheckpointFiles {
  /** Names of the files within the run's folder. */
  readonly names: Readonly<Record<CheckpointFileKind, string>>;
  path(run: number, kind?: CheckpointFileKind): string;
  /** The largest number that a folder has; 0 where there is none. */
  highest(): number;
  /** Makes a new run's folder. Throws a `Problem` where there is one of that number. */
  claim(manifest: RunManifest): void;
  /**
   * Gives the file's size in bytes; on the disk when it returns, and the one before it under its own name. A `Problem`
   * (full disk, …) leaves the old file.
   */
  write(run: number, saved: SavedCheckpoint): Promise<number>;
  /** Makes the last checkpoint the best one too, as `write` does it; gives its size. Doing it twice does no harm. */
  keepBest(run: number): Promise<number>;
  /** Puts the checkpoint before the last one into its place, where the last one is damaged. */
  goBack(run: number): Promise<void>;
  /** Removes the best checkpoint, where there is one. */
  dropBest(run: number): Promise<void>;
  /**
   * Null where the run has no such checkpoint. Throws a `Problem` where the file is not one, or not this run's. For who
   * owns the run: what a killed process left half-written is removed.
   */
  read(run: number, kind?: CheckpointFileKind): Promise<SavedCheckpoint | null>;
  /** All files of a run, by name; none where it has no folder. Half-written ones are left out. */
  list(run: number): Promise<FileFacts[]>;
  folder(run: number): string;
  /** Removes the run's folder and all in it; no harm where there is none, or where it is another run's. */
  removeAll(run: number): Promise<void>;
  /** The same for who only looks, while the run may be training: nothing is removed. */
  peek(run: number, kind?: CheckpointFileKind): Promise<SavedCheckpoint | null>;
}

const names = {
  last: 'last.safetensors',
  previous: 'previous.safetensors',
  best: 'best.safetensors',
} as const;

/** `known` says what history knows of a run; undefined where there is no such run. */
export function checkpointFiles(home: string, known: (run: number) => KnownRun | undefined): CheckpointFiles {
  const folder = (run: number) => folderOf(home, run);
  const path = (run: number, kind: CheckpointFileKind = 'last') => join(folder(run), names[kind]);
  // A run belongs to one process, which writes one checkpoint at a time: a file of this name is a killed one's.
  const temporary = (run: number, kind: CheckpointFileKind = 'last') => `${path(run, kind)}.tmp`;
  const requireKnown = (run: number): KnownRun => {
    const found = known(run);
    if (found) return found;
    throw new Problem('run.unknown', `there is no run ${run}; "runs" lists those that there are`, { run });
  };

  /** Gives the file one more name, in one step; false where there is no such file. */
  const alsoCall = async (
    run: number,
    kind: CheckpointFileKind,
    other: CheckpointFileKind,
  ): Promise<boolean> => {
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
      // Where both names were the same file's already, the system renames nothing and leaves this one.
      await rm(beside, { force: true }).catch(() => undefined);
    }
  };

  const peek = async (run: number, kind: CheckpointFileKind = 'last') => {
    let bytes;
    try {
      bytes = await readFile(path(run, kind));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw fileProblem(error, path(run, kind), 'read');
    }
    return decodeOwnCheckpoint(bytes, path(run, kind), requireKnown(run));
  };

  return {
    names,
    path,
    highest: () => folderNumbers(home).at(-1) ?? 0,
    claim: (manifest) => {
      makeRunFolder(home, manifest);
    },
    write: async (run, saved) => {
      const owner = requireKnown(run);
      requireOwnFolder(home, owner);
      const bytes = await encodeCheckpoint(saved, owner.manifest);
      try {
        await rm(temporary(run), { force: true, recursive: true });
        await writeSynced(temporary(run), bytes);
        await alsoCall(run, 'last', 'previous');
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
        await alsoCall(run, 'last', 'best');
        await syncFolder(folder(run));
        return (await stat(path(run, 'best'))).size;
      } catch (error) {
        throw fileProblem(error, path(run, 'best'), 'written');
      }
    },
    goBack: async (run) => {
      requireOwnFolder(home, requireKnown(run));
      try {
        if (await alsoCall(run, 'previous', 'last')) await syncFolder(folder(run));
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
    read: async (run, kind = 'last') => {
      try {
        await rm(temporary(run, kind), { force: true, recursive: true });
      } catch (error) {
        throw fileProblem(error, path(run, kind), 'read');
      }
      return peek(run, kind);
    },
    peek,
    folder,
    list: async (run) => {
      let entries;
      try {
        entries = await readdir(folder(run), { withFileTypes: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw fileProblem(error, folder(run), 'read');
      }
      const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'));
      const facts = await Promise.all(files.map(({ name }) => factsOf(folder(run), name)));
      return facts.filter((each) => each !== null).sort((a, b) => a.name.localeCompare(b.name, 'en'));
    },
    removeAll: async (run) => {
      const owner = known(run);
      if (!owner || !isOwnFolder(home, owner)) return;
      try {
        // What says whose the folder is goes last: cut short, this is begun again.
        for (const name of await readdir(folder(run)).catch(() => [])) {
          if (name !== manifestFile) await rm(join(folder(run), name), { recursive: true, force: true });
        }
        await rm(folder(run), { recursive: true, force: true });
      } catch (error) {
        throw fileProblem(error, folder(run), 'removed');
      }
    },
  };
}

/** Null where the file has just gone: a run that trains replaces its own. */
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
