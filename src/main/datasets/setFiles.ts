/** A set's four files in the lab: their paths, their common properties, and the hash of all of them. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataFile, DatasetFiles } from '../../shared/datasets/dataset.ts';
import { readIdxPair } from './idx.ts';
import { imagesName, labelsName } from './import/partFiles.ts';

/** Throws a `Problem` that names the file if one is missing, too short or not IDX. */
export async function readSetFiles(folder: string, channels: number): Promise<DatasetFiles> {
  const part = async (name: 'train' | 'test') => {
    const rank = channels === 1 ? 3 : 4;
    const pair = await readIdxPair(join(folder, imagesName(name)), join(folder, labelsName(name)), rank);
    const file = ({ path, offset, count }: DataFile): DataFile => ({ path, offset, count });
    return { images: file(pair.images), labels: file(pair.labels) };
  };
  return { train: await part('train'), test: await part('test') };
}

export function filesInOrder({ train, test }: DatasetFiles): DataFile[] {
  return [train.images, train.labels, test.images, test.labels];
}

/** Returns SHA-256 over the whole files, in the order of `filesInOrder`. */
export async function hashFiles(
  files: readonly DataFile[],
  seen: (bytes: number) => void = () => undefined,
): Promise<string> {
  const hash = createHash('sha256');
  // One buffer is reused: a stream's chunks would all stay in memory until V8 collects them.
  const buffer = Buffer.allocUnsafeSlow(1 << 20);
  for (const { path } of files) {
    const file = await open(path);
    try {
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length);
        if (bytesRead === 0) break;
        hash.update(buffer.subarray(0, bytesRead));
        seen(bytesRead);
      }
    } finally {
      await file.close();
    }
  }
  return hash.digest('hex');
}
