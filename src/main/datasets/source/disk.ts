/** A file or a folder on this machine as a source. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Problem } from '../../../shared/base/problem.ts';
import { type DataSource, type SourceFile, byName, isLeftBehind } from './source.ts';

function diskFile(path: string, name: string, size: number): SourceFile {
  return { name, size, path, open: async () => createReadStream(path) };
}

export async function fileSource(path: string, size: number): Promise<DataSource> {
  return {
    path,
    files: [diskFile(path, basename(path), size)],
    emptyFolders: [],
    ignored: 0,
    close: async () => undefined,
  };
}

/**
 * Lists a folder. Links to folders are not followed, because one that leads to its own parent would never
 * end.
 */
export async function folderSource(path: string, signal: AbortSignal): Promise<DataSource> {
  const files: SourceFile[] = [];
  const emptyFolders: string[] = [];
  let ignored = 0;
  const walk = async (folder: string, prefix: string): Promise<void> => {
    signal.throwIfAborted();
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      throw unreadable(folder, error);
    });
    let held = 0;
    for (const entry of entries) {
      const name = prefix + entry.name;
      if (isLeftBehind(entry.name)) {
        ignored += 1;
        continue;
      }
      held += 1;
      if (entry.isDirectory()) await walk(join(folder, entry.name), `${name}/`);
      else await addFile(join(folder, entry.name), name);
    }
    if (held === 0 && prefix !== '') emptyFolders.push(prefix.slice(0, -1));
  };
  const addFile = async (at: string, name: string): Promise<void> => {
    const status = await stat(at).catch((error: unknown) => {
      throw unreadable(at, error);
    });
    if (status.isFile()) files.push(diskFile(at, name, status.size));
    else ignored += 1;
  };
  await walk(path, '');
  return { path, files: files.sort(byName), emptyFolders, ignored, close: async () => undefined };
}

export function unreadable(path: string, error: unknown): Problem {
  const reason = (error as NodeJS.ErrnoException).code ?? String(error);
  return reason === 'ENOENT'
    ? new Problem('dataset.not-there', `${path} does not exist; give the path of a file or folder`, { path })
    : new Problem('dataset.unreadable', `${path} cannot be read (${reason})`, { path, reason });
}
