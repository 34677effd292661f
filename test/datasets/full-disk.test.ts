/**
 * A disk that fills while a data set is imported or sent: it is told as one, and nothing is left. The limit on the size of a
 * file, which any process may set for itself, stands for the disk: the system refuses the same writes.
 */
import { spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Lab } from '../../src/main/lab/lab.ts';
import { idxFiles, writeFiles } from '../support/datasetFiles.ts';
import { openLab, removeFolder, temporaryFolder } from '../support/lab.ts';

let home: string;
let source: string;
let lab: Lab;
beforeEach(async () => {
  [home, source] = [temporaryFolder(), temporaryFolder()];
  lab = await openLab(home);
});
afterEach(async () => {
  limit('unlimited');
  await lab.close();
  removeFolder(home);
  removeFolder(source);
});

function limit(bytes: string): void {
  const { status } = spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
  expect(status).toBe(0);
}

const kept = () => (existsSync(join(home, 'datasets')) ? readdirSync(join(home, 'datasets')) : []);
const told = () => ({
  code: 'dataset.disk-full',
  parameters: { folder: join(home, 'datasets'), reason: 'EFBIG' },
});

/** Three megabytes of images; no file may have two. */
const files = idxFiles({ train: 4000, side: 28 });
const most = '2000000';

describe.skipIf(process.platform !== 'linux')('a disk that is full', () => {
  test.each([
    ['as the set is written', async () => writeFiles(join(source, 'many'), files)],
    [
      'as a file is unpacked',
      async () =>
        writeFiles(join(source, 'packed'), {
          ...files,
          'train-images-idx3-ubyte': gzipSync(files['train-images-idx3-ubyte']!, { level: 1 }),
        }),
    ],
    [
      'as an archive is unpacked',
      async () => {
        const tar = pack();
        for (const [name, bytes] of Object.entries(files)) tar.entry({ name }, bytes);
        tar.finalize();
        await pipeline(tar, createWriteStream(join(source, 'many.tar')));
        return join(source, 'many.tar');
      },
    ],
  ])('%s', async (_, write) => {
    const path = await write();
    limit(most);
    await expect(
      lab.call('datasets.import', { ticket: 'mine', from: { path }, options: {} }),
    ).rejects.toMatchObject(told());
    expect(kept()).toEqual([]);
    // With room again, the same import is whole.
    limit('unlimited');
    const { entry } = await lab.call('datasets.import', { ticket: 'mine', from: { path }, options: {} });
    expect(entry.summary.trainCount).toBe(4000);
  });

  test('as files are sent: what was sent before is gone, and nothing can be imported of it', async () => {
    limit(most);
    const send = (name: string) =>
      lab.call('datasets.upload', { ticket: 'sent', name, piece: new Uint8Array(1_500_000) });
    await send('a');
    await expect(send('a')).rejects.toMatchObject(told());
    expect(kept()).toEqual([]);
    await expect(
      lab.call('datasets.import', { ticket: 'mine', from: { uploaded: 'sent' }, options: {} }),
    ).rejects.toMatchObject({ code: 'dataset.upload-gone' });
  });
});
