/** The HDF5 library works on the real file system, where an ordinary user may not write everywhere. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../support/hdf5AsUser.ts', import.meta.url));

test('a file of weights is written and read by a user without rights', () => {
  expect(JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' }))).toEqual([
    { path: 'a/b', shape: [2], data: [1, 2] },
  ]);
});
