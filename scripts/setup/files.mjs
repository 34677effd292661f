/** Small questions to the file system. */
import fs from 'node:fs';
import path from 'node:path';

/** The size of all files below a folder, in bytes; 0 where it is missing. @param {string} folder @returns {number} */
export function sizeBelow(folder) {
  if (!fs.existsSync(folder)) return 0;
  let bytes = 0;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    // It may be gone by now: the program that writes here goes on.
    bytes += fs.statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
