/** A path as a source: a folder, an archive, or a single file. */
import { stat } from 'node:fs/promises';
import type { ReadContext } from '../formats/format.ts';
import { fileSource, folderSource, unreadable } from './disk.ts';
import type { DataSource } from './source.ts';

export type SourceContext = Pick<ReadContext, 'scratch' | 'signal' | 'progress'>;

export async function openSource(path: string, { signal }: SourceContext): Promise<DataSource> {
  const status = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  return status.isDirectory() ? folderSource(path, signal) : fileSource(path, status.size);
}
