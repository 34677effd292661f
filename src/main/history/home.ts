/**
 * Where everything that Stride keeps lies: `STRIDE_HOME`, else the platform's folder for application data. The same
 * for all hosts, so that a run started in a shell is in the window's list.
 */
import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import envPaths from 'env-paths';
import { Problem } from '../../shared/base/problem.ts';

/** An absolute path; the folder need not be there yet. */
export function resolveHome(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['STRIDE_HOME'];
  return chosen ? resolve(chosen) : envPaths('Stride', { suffix: '' }).data;
}

/** Makes the folder where it is missing. */
export function makeHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
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
 * Takes from others what they may do with a file or folder of this user's: notes and nets are nobody else's. Where the system
 * does not let it, as with a folder of another owner, it stays as that owner has it.
 */
export function makePrivate(path: string, mode: number): void {
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, mode);
  } catch {
    // Not this user's to change.
  }
}

/** Makes the file where it is missing, so that nobody else can ever have read it. */
export function makePrivateFile(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  makePrivate(path, 0o600);
}
