/**
 * Ownership of runs. Several processes may use one history at once (a window and a shell), and each trains
 * its own runs; when a process starts, only runs whose process has ended are marked as interrupted. A process
 * number does not identify a process reliably: it may have been reused, or belong to another container. A
 * lock does: each process holds a lock on a file of its own for as long as it lives, and the operating system
 * releases it however the process ends. SQLite has such locks for every platform, so the file is an (empty)
 * database in an exclusive transaction.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeHome, makePrivateFile } from '../home.ts';
import { Database, type Db, SqliteError } from '../sqlite.ts';

export interface Owner {
  readonly id: string;
  release(): void;
}

const suffix = '.lock';

/** Keeps locks referenced, because a lock that is garbage-collected would be released. */
const held = new Set<Db>();

function folderOf(home: string): string {
  return join(home, 'owners');
}

/** Makes this process (or this lab, if a process holds several) an owner. */
export function becomeOwner(home: string): Owner {
  const id = randomUUID();
  makeHome(folderOf(home));
  const path = join(folderOf(home), id + suffix);
  makePrivateFile(path);
  const lock = new Database(path, { timeout: 0 });
  try {
    take(lock);
  } catch (error) {
    lock.close();
    throw error;
  }
  held.add(lock);
  return {
    id,
    release: () => {
      held.delete(lock);
      lock.close();
      rmSync(path, { force: true });
    },
  };
}

/** Returns true while the process that became this owner is running. */
export function ownerLives(home: string, id: string): boolean {
  const path = join(folderOf(home), id + suffix);
  if (!existsSync(path)) return false;
  let lock: Db | undefined;
  try {
    lock = new Database(path, { timeout: 0, fileMustExist: true });
    take(lock);
    return false;
  } catch (error) {
    if (error instanceof SqliteError && error.code.startsWith('SQLITE_BUSY')) return true;
    // No process holds a lock on such a file: it was replaced, or the disk lost its contents.
    if (error instanceof SqliteError && /^SQLITE_(NOTADB|CORRUPT|READONLY|CANTOPEN)/.test(error.code))
      return false;
    throw error;
  } finally {
    lock?.close();
  }
}

function take(lock: Db): void {
  // No journal file is created beside the lock, because nothing is ever written to it.
  lock.pragma('journal_mode = MEMORY');
  lock.exec('BEGIN EXCLUSIVE');
}

/**
 * Removes the files of processes that were killed. A file younger than a minute is left alone because its
 * process may be about to lock it.
 */
export function removeDeadOwners(home: string): void {
  for (const file of readdirSync(folderOf(home))) {
    // Other names do not belong to owners.
    if (!/^[0-9a-f-]{36}\.lock$/.test(file)) continue;
    const path = join(folderOf(home), file);
    const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (made === undefined || Date.now() - made < 60_000) continue;
    if (!ownerLives(home, file.slice(0, -suffix.length))) rmSync(path, { force: true, recursive: true });
  }
}
