/** Helpers for the file system. */
import fs from 'node:fs';
import path from 'node:path';

/**
 * Returns the size of all files below a folder in bytes; 0 if it is missing.
 * @param {string} folder
 * @returns {number}
 */
export function sizeBelow(folder) {
  let bytes = 0;
  for (const entry of entriesOf(folder)) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) bytes += sizeBelow(file);
    else if (entry.isFile()) bytes += fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

/**
 * Returns a folder's entries, or none if it has disappeared because the program that writes there is still
 * running. Node's own recursion would throw.
 * @param {string} folder
 * @returns {fs.Dirent[]}
 */
function entriesOf(folder) {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
