/**
 * File system operations with which checkpoints and run folders are written. Each leaves either the old file
 * or the new one and reports the system's errors as `Problem`s. Files and folders are accessible to their
 * owner alone, because notes and nets are private.
 */
import { copyFile, link, open, readFile, rename } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../shared/base/problem.ts';

/** Modes of the files and folders created here. */
export const privateFile = 0o600;
export const privateFolder = 0o700;

export async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w', privateFile);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Returns null if there is no such file. */
export async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fileProblem(error, path, 'read');
  }
}

/**
 * Creates a hard link, which takes no space, or a copy if the file system has no links. `to` must not exist
 * yet.
 */
export async function secondName(from: string, to: string): Promise<void> {
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

/**
 * Renames a file over another one, with retries: on Windows a virus scanner may hold the old file for a
 * moment.
 */
export async function replace(from: string, to: string): Promise<void> {
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

/** Syncs a folder, which makes a rename in it durable. Windows cannot sync a folder and does not need to. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export function fileProblem(error: unknown, path: string, done: 'written' | 'read' | 'removed'): unknown {
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
    case 'ELOOP':
    case 'ENAMETOOLONG':
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOTEMPTY':
    case 'ERR_FS_FILE_TOO_LARGE':
      return new Problem(
        'checkpoint.not-accessible',
        `the checkpoint ${path} cannot be ${done} (${code}); check the folder and its permissions`,
        { path, reason: code },
      );
    default:
      return error;
  }
}
