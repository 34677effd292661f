/**
 * Checkpoint files: one folder a run under STRIDE_HOME, in it `last.safetensors`, from which the run goes on, and
 * `best.safetensors`, the state after its best epoch. A file is written beside the old one, synced to the disk and then
 * renamed over it, so that at every moment, and after a power cut, there is either the old one or the new one, whole.
 *
 * The best one is the last one of a moment ago: a second name for the same bytes. The last one is never written into,
 * only replaced, so that the other name keeps what it had.
 *
 * With the checkpoint at an epoch's end the file also carries the epoch's record: history is written after the file,
 * and were the process killed between the two, the record would be in neither.
 */
import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Checkpoint, progressSchema } from '../../shared/runs/checkpoint.ts';
import { fromJson, toJson } from '../../shared/base/json.ts';
import { Problem } from '../../shared/base/problem.ts';
import { type EpochRecord, epochRecordSchema } from '../../shared/runs/runs.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

export interface SavedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** Of the epoch that ended at this checkpoint; null where none did. */
  readonly epoch: EpochRecord | null;
}

/** `last`: the newest state of the run. `best`: the state at the end of its best epoch. */
export type CheckpointKind = 'last' | 'best';

export interface FileFacts {
  readonly name: string;
  readonly bytes: number;
  readonly modifiedAt: string;
  /** SHA-256. */
  readonly hash: string;
}

export interface CheckpointFiles {
  /** Names of the files within the run's folder. */
  readonly names: Readonly<Record<CheckpointKind, string>>;
  path(run: number, kind?: CheckpointKind): string;
  /** Gives the file's size in bytes; on the disk when it returns. A `Problem` (full disk, …) leaves the old file. */
  write(run: number, saved: SavedCheckpoint): Promise<number>;
  /** Makes the last checkpoint the best one too, as `write` does it; gives its size. Doing it twice does no harm. */
  keepBest(run: number): Promise<number>;
  /** Removes the best checkpoint, where there is one. */
  dropBest(run: number): Promise<void>;
  /**
   * Null where the run has no such checkpoint. Throws a `Problem` where the file is not one, or not this run's. For who
   * owns the run: what a killed process left half-written is removed.
   */
  read(run: number, kind?: CheckpointKind): Promise<SavedCheckpoint | null>;
  /** All files of a run, by name; none where it has no folder. Half-written ones are left out. */
  list(run: number): Promise<FileFacts[]>;
  folder(run: number): string;
  /** Removes the run's folder and all in it; no harm where there is none. */
  removeAll(run: number): Promise<void>;
  /** The same for who only looks, while the run may be training: nothing is removed. */
  peek(run: number, kind?: CheckpointKind): Promise<SavedCheckpoint | null>;
}

const names = { last: 'last.safetensors', best: 'best.safetensors' } as const;
const metadataSchema = z.object({
  stride: z.literal('checkpoint'),
  run: z.string(),
  progress: z.string(),
  epoch: z.string(),
});

export function checkpointFiles(home: string): CheckpointFiles {
  const folder = (run: number) => join(home, 'runs', String(run));
  const path = (run: number, kind: CheckpointKind = 'last') => join(folder(run), names[kind]);
  // A run belongs to one process, which writes one checkpoint at a time: a file of this name is a killed one's.
  const temporary = (run: number, kind: CheckpointKind = 'last') => `${path(run, kind)}.tmp`;

  const peek = async (run: number, kind: CheckpointKind = 'last') => {
    let bytes;
    try {
      bytes = await readFile(path(run, kind));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw fileProblem(error, path(run, kind), 'read');
    }
    return decode(bytes, path(run, kind), run);
  };

  return {
    names,
    path,
    write: async (run, { checkpoint, epoch }) => {
      const bytes = encodeSafetensors({
        tensors: checkpoint.tensors,
        metadata: {
          stride: 'checkpoint',
          run: String(run),
          progress: toJson(checkpoint.progress),
          epoch: toJson(epoch),
        },
      });
      try {
        await mkdir(folder(run), { recursive: true });
        await writeSynced(temporary(run), bytes);
        await replace(temporary(run), path(run));
        await syncFolder(folder(run));
      } catch (error) {
        await rm(temporary(run), { force: true }).catch(() => undefined);
        throw fileProblem(error, path(run), 'written');
      }
      return bytes.length;
    },
    keepBest: async (run) => {
      const beside = temporary(run, 'best');
      try {
        await rm(beside, { force: true });
        await secondName(path(run), beside);
        await replace(beside, path(run, 'best'));
        await syncFolder(folder(run));
        return (await stat(path(run, 'best'))).size;
      } catch (error) {
        throw fileProblem(error, path(run, 'best'), 'written');
      } finally {
        // Where both names were the same file's already, the system renames nothing and leaves this one.
        await rm(beside, { force: true }).catch(() => undefined);
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
        await rm(temporary(run, kind), { force: true });
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
      try {
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

function decode(bytes: Uint8Array, path: string, run: number): SavedCheckpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  const known = metadataSchema.safeParse(metadata);
  if (!known.success) {
    throw new Problem(
      'checkpoint.foreign',
      `${path} is a safetensors file, but not a checkpoint of Stride's`,
      { path },
    );
  }
  if (known.data.run !== String(run)) {
    throw new Problem(
      'checkpoint.other-run',
      `${path} is a checkpoint of run ${known.data.run}, not of run ${run}; put this run's own file back`,
      { path, run, found: known.data.run },
    );
  }
  try {
    const progress = progressSchema.parse(fromJson(known.data.progress));
    const epoch = epochRecordSchema.nullable().parse(fromJson(known.data.epoch));
    return { checkpoint: { progress, tensors }, epoch };
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Problem('checkpoint.damaged', `${path} is damaged: its progress cannot be read (${detail})`, {
      path,
      detail,
    });
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A hard link, which takes no room; a copy where the file system has none. `to` is not there yet. */
async function secondName(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['EPERM', 'EMLINK', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EXDEV'].includes(code)) throw error;
    await copyFile(from, to);
    const file = await open(to, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

/** On Windows a virus scanner may hold the old file for a moment. */
async function replace(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (
        process.platform !== 'win32' ||
        attempt === 5 ||
        (code !== 'EPERM' && code !== 'EACCES' && code !== 'EBUSY')
      ) {
        throw error;
      }
      await sleep(50 * attempt);
    }
  }
}

/** A rename is on the disk when its folder is. Windows cannot sync a folder, and does not need to. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function fileProblem(error: unknown, path: string, done: 'written' | 'read' | 'removed'): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Problem(
        'checkpoint.disk-full',
        `the disk is full: the checkpoint ${path} cannot be written; make room, then resume the run`,
        { path },
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
    case 'EIO':
      return new Problem(
        'checkpoint.not-accessible',
        `the checkpoint ${path} cannot be ${done} (${code}); check the folder and its permissions`,
        { path, reason: code },
      );
    default:
      return error;
  }
}
