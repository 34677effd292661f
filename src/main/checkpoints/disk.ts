/**
 * Steps on the disk from which checkpoints and run folders are written: each leaves either the old file or the new one, and
 * what the system reports is said for people. Files and folders are their owner's alone: notes and nets are nobody else's.
 */
import { copyFile, link, open, rename } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../shared/base/problem.ts';

/** Modes of what is made here. */
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

/** A hard link, which takes no room; a copy where the file system has none. `to` is not there yet. */
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

/** On Windows a virus scanner may hold the old file for a moment. */
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

/** A rename is on the disk when its folder is. Windows cannot sync a folder, and does not need to. */
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
