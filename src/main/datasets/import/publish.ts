/** Makes a prepared set one of the lab's sets, by one rename. */
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportRecord } from '../../../shared/datasets/importing.ts';
import { writeRecord } from '../records.ts';
import { setFolder } from './staging.ts';

export interface Room {
  /** Returns a name and id that no other set in the lab has. */
  readonly naming: (wanted: { name: string; id: string }) => { name: string; id: string };
  /** Returns whether the lab has a set with this hash. */
  readonly has: (hash: string) => boolean;
}

export interface Imported {
  readonly record: ImportRecord;
  /** Whether a set with the same images and labels existed already, so that nothing was added. */
  readonly alreadyThere: boolean;
}

/** Moves the set in `staging` into `folder`, unless the lab has it already. */
export async function publishSet(
  folder: string,
  staging: string,
  prepared: ImportRecord,
  { naming, has }: Room,
): Promise<Imported> {
  const { summary } = prepared;
  if (has(summary.hash)) return { record: prepared, alreadyThere: true };
  const record = { ...prepared, summary: { ...summary, ...naming({ name: summary.name, id: summary.id }) } };
  const set = setFolder(staging);
  await writeRecord(set, record);
  const target = join(folder, summary.hash);
  try {
    await rename(set, target);
    return { record, alreadyThere: false };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(code) || !(await isFolder(target))) throw error;
    return { record, alreadyThere: true };
  }
}

const isFolder = async (path: string) => (await stat(path).catch(() => null))?.isDirectory() ?? false;
