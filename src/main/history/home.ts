/**
 * The folder for all of Stride's data: `STRIDE_HOME`, otherwise the platform's folder for application data.
 * All hosts use the same one, so that a run started in a shell is in the window's list.
 */
import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import envPaths from 'env-paths';
import { Problem } from '../../shared/base/problem.ts';
import { makeFolder } from './makeFolder.ts';

/** Returns an absolute path; the folder need not exist yet. */
export function resolveHome(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['STRIDE_HOME'];
  return chosen ? resolve(chosen) : envPaths('Stride', { suffix: '' }).data;
}

/** Creates the folder if it is missing. */
export function makeHome(home: string): void {
  try {
    makeFolder(home, 0o700);
    makePrivate(home, 0o700);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Problem(
      'home.unusable',
      `the folder ${home}, where runs are kept, cannot be made (${code}); ` +
        'set STRIDE_HOME to a folder that can be written',
      { home, reason: code },
    );
  }
}

/**
 * Removes other users' permissions on a file or folder, because notes and nets are private. If the system
 * does not allow it, as with a folder of another owner, the permissions remain.
 */
export function makePrivate(path: string, mode: number): void {
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, mode);
  } catch {
    // The file is not this user's to change.
  }
}

/** Creates the file if it is missing, with permissions for its owner alone from the beginning. */
export function makePrivateFile(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  makePrivate(path, 0o600);
}
