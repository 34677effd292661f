/**
 * A lock file, so that two set-ups of one checkout, or two checkouts that fill one cache, do not work at the
 * same time: the second waits. The file contains the owner's pid and host; a lock whose owner has ended is
 * taken over.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { checkInterrupt, onInterrupt } from './run.mjs';

/**
 * Milliseconds after which a lock of another host (in a home on the network) is stale unless it has been
 * renewed, because its process cannot be checked. The owner renews it every RENEW milliseconds.
 */
const STALE_MS = 120_000;
const RENEW_MS = 20_000;

/**
 * Returns whether the lock file's owner has ended; also true if the file is gone.
 * @param {string} file
 * @param {number} [now]
 */
export function isStale(file, now = Date.now()) {
  /** @type {{ pid?: unknown, host?: unknown }} */
  let owner;
  let age;
  try {
    age = now - fs.statSync(file).mtimeMs;
    owner = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    if (isMissing(error)) return true;
    // The file is being written right now, or was truncated by a crash.
    return now - (mtime(file) ?? 0) > 5_000;
  }
  if (owner?.host !== os.hostname()) return age > STALE_MS;
  return !(typeof owner.pid === 'number' && isAlive(owner.pid));
}

/**
 * Runs `work` while holding the lock.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (pid: number | undefined) => void, pollMs?: number }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(file, work, { onWait, pollMs = 300 } = {}) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  let told = false;
  while (!take(file)) {
    checkInterrupt();
    if (isStale(file)) {
      breakLock(file);
      continue;
    }
    if (!told) onWait?.(ownerOf(file));
    told = true;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const release = () => {
    clearInterval(renew);
    fs.rmSync(file, { force: true });
  };
  const renew = setInterval(() => {
    try {
      fs.utimesSync(file, new Date(), new Date());
    } catch {
      // Someone removed it by hand; the work continues.
    }
  }, RENEW_MS);
  renew.unref();
  const forget = onInterrupt(release);
  try {
    return await work();
  } finally {
    forget();
    release();
  }
}

/**
 * Creates the lock file with its content atomically, so that a reader never sees it empty.
 * @param {string} file
 */
function take(file) {
  const mine = `${file}.${process.pid}`;
  fs.writeFileSync(mine, JSON.stringify({ pid: process.pid, host: os.hostname() }));
  try {
    fs.linkSync(mine, file);
    return true;
  } catch (error) {
    if (isError(error, 'EEXIST')) return false;
    // This is for file systems without hard links.
    try {
      fs.copyFileSync(mine, file, fs.constants.COPYFILE_EXCL);
      return true;
    } catch (second) {
      if (isError(second, 'EEXIST')) return false;
      throw second;
    }
  } finally {
    fs.rmSync(mine, { force: true });
  }
}

/**
 * Moves a stale lock away. Only one of two waiters can rename it; the other finds it gone.
 * @param {string} file
 */
function breakLock(file) {
  const away = `${file}.stale.${process.pid}`;
  try {
    fs.renameSync(file, away);
    fs.rmSync(away, { force: true });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** @param {string} file */
function ownerOf(file) {
  try {
    return /** @type {{ pid?: number }} */ (JSON.parse(fs.readFileSync(file, 'utf8'))).pid;
  } catch {
    return undefined;
  }
}

/** @param {string} file */
function mtime(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isError(error, 'EPERM'); // EPERM means another user's process, which is running.
  }
}

/** @param {unknown} error */
function isMissing(error) {
  return isError(error, 'ENOENT');
}

/** @param {unknown} error @param {string} code */
function isError(error, code) {
  return error instanceof Error && 'code' in error && error.code === code;
}
