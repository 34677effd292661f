/**
 * Writes the files of an export so that each exists in full or not at all: they are created in a hidden
 * folder beside their destination, checked there, and then moved to a name that must be free. Files of a
 * failed export are removed.
 */
import { link, mkdir, mkdtemp, open, readdir, rename, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '../../../shared/base/problem.ts';
import type { ExportedFile } from '../../export/encoded.ts';
import { makeFolder } from '../../history/makeFolder.ts';

export interface Staged {
  readonly folder: string;
  /** Moves the files to their destination and returns their full paths. */
  publish(overwrite: boolean): Promise<string[]>;
  discard(): Promise<void>;
}

/** Throws a `Problem` if a file with one of the names exists. */
export async function requireFree(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const path = join(folder, name);
    if (await exists(path)) throw taken(path);
  }
}

/** Writes the files into a new hidden folder within `folder`, which is created if it is missing. */
export async function stage(folder: string, files: readonly ExportedFile[]): Promise<Staged> {
  const made = await firstMissing(folder);
  let staging: string | undefined;
  const discard = async () => {
    if (staging) await rm(staging, { recursive: true, force: true });
    // Empty folders that this export created are removed as well.
    if (made) await removeEmpty(folder, made);
  };
  try {
    makeFolder(folder);
    staging = await mkdtemp(join(folder, '.stride-export-'));
    for (const { path, bytes } of files) await writeSynced(join(staging, path), bytes);
  } catch (error) {
    await discard().catch(() => undefined);
    throw fileProblem(error, folder);
  }
  const from = staging;
  return {
    folder: from,
    discard,
    publish: async (overwrite) => {
      const placed: string[] = [];
      try {
        for (const { path } of files) {
          const target = join(folder, path);
          await mkdir(dirname(target), { recursive: true });
          await place(join(from, path), target, overwrite);
          placed.push(target);
        }
      } catch (error) {
        if (!overwrite) for (const path of placed) await rm(path, { force: true }).catch(() => undefined);
        await discard().catch(() => undefined);
        throw fileProblem(error, folder);
      }
      await discard();
      return placed;
    },
  };
}

/**
 * Moves a file to a free name. A hard link fails atomically if the name is taken; without hard links, the
 * name is checked first.
 */
async function place(from: string, to: string, overwrite: boolean): Promise<void> {
  if (overwrite) {
    await rename(from, to);
    return;
  }
  try {
    await link(from, to);
    await unlink(from);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'EEXIST') throw taken(to);
    if (!['EPERM', 'EMLINK', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(code)) throw error;
    if (await exists(to)) throw taken(to);
    await rename(from, to);
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Returns the outermost missing folder on the path to `folder`. */
async function firstMissing(folder: string): Promise<string | undefined> {
  let missing: string | undefined;
  for (let each = folder; !(await exists(each)); each = dirname(each)) {
    missing = each;
    if (dirname(each) === each) break;
  }
  return missing;
}

async function removeEmpty(folder: string, outermost: string): Promise<void> {
  for (let each = folder; ; each = dirname(each)) {
    try {
      if ((await readdir(each)).length > 0) return;
      await rmdir(each);
    } catch {
      return;
    }
    if (each === outermost) return;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw fileProblem(error, path);
  }
}

function taken(path: string): Problem {
  return new Problem(
    'export.exists',
    `${path} is there already and was left as it is; give another folder, or --overwrite`,
    {
      path,
    },
  );
}

function fileProblem(error: unknown, path: string): unknown {
  const reason = (error as NodeJS.ErrnoException).code;
  switch (reason) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Problem(
        'export.disk-full',
        `the disk is full: nothing was exported to ${path}; make room and export again`,
        { path },
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EISDIR':
    case 'ENAMETOOLONG':
    case 'EIO':
      return new Problem(
        'export.not-writable',
        `nothing can be written to ${path} (${reason}); choose a folder that you may write to`,
        {
          path,
          reason,
        },
      );
    default:
      return error;
  }
}
