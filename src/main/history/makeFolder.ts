import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder and its missing parents, and returns the outermost one that it created, or undefined.
 * Throws the system's error. Node's own `recursive` never returns if a file system refuses a new folder with
 * ENOENT, as /proc does.
 */
export function makeFolder(folder: string, mode = 0o777): string | undefined {
  if (isThere(folder)) return undefined;
  const outermost = makeFolder(dirname(folder), mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return outermost ?? folder;
}

/** Returns whether the folder exists. Throws if the name belongs to something other than a folder. */
function isThere(path: string): boolean {
  try {
    if (statSync(path).isDirectory()) return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && dirname(path) !== path) return false;
    throw error;
  }
  throw Object.assign(new Error(`${path} is not a folder`), { code: 'ENOTDIR' });
}
