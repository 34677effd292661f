/**
 * A file that exists while TensorFlow's library is being loaded. A library that does not suit the process
 * ends it with a signal that cannot be caught; the file remains, so that the next start does not try again
 * automatically. The owner of the workers passes its path in the environment; without a path, nothing is
 * written.
 */
import { rmSync, writeFileSync } from 'node:fs';

export const loadingMarkVariable = 'STRIDE_LOADING_MARK';

/** Calls `load` while the file exists. */
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
