/**
 * A file that is there while TensorFlow's library is being loaded. A library that does not fit to the process ends it then, with a
 * signal that nobody can catch; the file is what is left, and the next start does not try again by itself. The owner of the
 * workers names it in the environment; where it is not named, nothing is written.
 */
import { rmSync, writeFileSync } from 'node:fs';

export const loadingMarkVariable = 'STRIDE_LOADING_MARK';

/** Calls `load` while the file is there. */
export function whileMarked<T>(load: () => T): T {
  const file = process.env[loadingMarkVariable];
  if (!file) return load();
  writeFileSync(file, `${process.pid}\n`);
  try {
    return load();
  } finally {
    rmSync(file, { force: true });
  }
}
