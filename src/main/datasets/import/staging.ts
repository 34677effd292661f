/**
 * Hidden folders in which the lab prepares data sets. Their names contain the lab that made them, so that the
 * next start removes those that a killed process has left behind, and none of a living one.
 */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

export type HiddenFolder = 'importing' | 'removed';

/** Beginning of the name of the hidden folders of the lab `owner`. */
export const hiddenPrefix = (kind: HiddenFolder, owner: string) => `.${kind}-${owner}-`;

/** Folder of the prepared set within the hidden folder. */
export const setFolder = (staging: string) => join(staging, 'set');

const hidden = /^\.(?:importing|removed)-(?<owner>[0-9a-f-]{36})-/;

/** Does work in a new hidden folder within `folder`. However it ends, the hidden folder is removed. */
export async function withStaging<T>(
  folder: string,
  owner: string,
  work: (staging: string) => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const staging = await mkdtemp(join(folder, hiddenPrefix('importing', owner)));
  try {
    return await work(staging);
  } finally {
    await removeHidden(staging);
  }
}

export async function removeHidden(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}

/** Removes the hidden folders within `folder` whose lab does not live any more. */
export async function removeLeftBehind(folder: string, lives: (owner: string) => boolean): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const owner = hidden.exec(name)?.groups?.['owner'];
    if (owner !== undefined && !lives(owner)) await removeHidden(join(folder, name));
  }
}
