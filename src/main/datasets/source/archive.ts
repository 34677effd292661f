/**
 * Zip and tar archives as sources. Nothing is written under a member's own name: a tar's contents go into one
 * scratch file.
 */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import yauzl from 'yauzl';
import { Problem } from '../../../shared/base/problem.ts';
import { isDiskFull } from '../storage.ts';
import type { SourceContext } from './openSource.ts';
import { type DataSource, type SourceFile, byName, isLeftBehind } from './source.ts';
import { largestUnpacked, tooLarge } from './unpack.ts';

/** Throws if a member would be outside the archive or has an absolute path. */
function requireInside(archive: string, name: string): string {
  const plain = name.replaceAll('\\', '/').normalize('NFC');
  if (plain.startsWith('/') || /^[a-z]:/i.test(plain) || plain.split('/').includes('..')) {
    throw new Problem(
      'dataset.archive-path',
      `${archive} is refused: its member "${name}" would lie outside of it`,
      { path: archive, member: name },
    );
  }
  return plain;
}

function damaged(path: string, error: unknown): Problem {
  const reason = error instanceof Error ? error.message : String(error);
  return new Problem(
    'dataset.archive-damaged',
    `${path} is damaged or no archive (${reason}); get it again`,
    {
      path,
      reason,
    },
  );
}

class Members {
  readonly files: SourceFile[] = [];
  readonly folders = new Set<string>();
  readonly #held = new Set<string>();
  ignored = 0;
  #total = 0;

  /** Returns false for a member that is left out. */
  takes(archive: string, name: string, size: number, isFolder: boolean): boolean {
    if (isLeftBehind(name.replace(/\/$/, ''))) {
      if (!isFolder) this.ignored += 1;
      return false;
    }
    if (isFolder) {
      this.folders.add(name.replace(/\/$/, ''));
      return false;
    }
    this.#total += size;
    if (this.#total > largestUnpacked) throw tooLarge(archive);
    const parts = name.split('/');
    for (let i = 1; i < parts.length; i += 1) this.#held.add(parts.slice(0, i).join('/'));
    return true;
  }

  source(path: string, close: () => Promise<void>): DataSource {
    const emptyFolders = [...this.folders].filter((folder) => !this.#held.has(folder));
    return { path, files: this.files.sort(byName), emptyFolders, ignored: this.ignored, close };
  }
}

export async function zipSource(path: string, { signal }: SourceContext): Promise<DataSource> {
  const zip = await yauzl
    .openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false })
    .catch((error: unknown) => {
      throw damaged(path, error);
    });
  const members = new Members();
  try {
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      const name = requireInside(path, zipName(entry));
      if (entry.isEncrypted()) {
        throw new Problem('dataset.archive-encrypted', `${path} is encrypted ("${name}"); unpack it first`, {
          path,
          member: name,
        });
      }
      const size = entry.uncompressedSize;
      if (!members.takes(path, name, size, name.endsWith('/'))) continue;
      members.files.push({ name, size, path: null, open: () => zip.openReadStreamPromise(entry) });
    }
  } catch (error) {
    zip.close();
    signal.throwIfAborted();
    throw error instanceof Problem ? error : damaged(path, error);
  }
  return members.source(path, async () => {
    zip.close();
  });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Returns the name as UTF-8 if it is valid, whatever the flag says; otherwise in the format's own code page
 * 437.
 */
function zipName({ fileNameRaw, generalPurposeBitFlag, extraFields }: yauzl.Entry): string {
  try {
    return utf8.decode(fileNameRaw);
  } catch {
    return yauzl.getFileNameLowLevel(generalPurposeBitFlag & ~0x800, fileNameRaw, extraFields, false);
  }
}

/** Opens a tar archive, plain or compressed by gzip. */
export async function tarSource(path: string, packed: boolean, context: SourceContext): Promise<DataSource> {
  const { scratch, signal, progress } = context;
  const pool = join(scratch, 'tar-contents');
  const members = new Members();
  const to = await open(pool, 'wx', 0o600);
  let written = 0;
  try {
    const tar = extract();
    const reading = pipeline(
      packed ? [createReadStream(path), createGunzip(), tar] : [createReadStream(path), tar],
      { signal },
    );
    // The rejection is handled below; an early end of the stream ends the loop as well.
    reading.catch(() => undefined);
    for await (const entry of tar) {
      const { name: raw, size = 0, type } = entry.header;
      const name = requireInside(path, raw.replace(/^\.\//, ''));
      if (type === 'symlink' || type === 'link') {
        throw new Problem('dataset.archive-link', `${path} is refused: its member "${name}" is a link`, {
          path,
          member: name,
        });
      }
      if (members.takes(path, name === '' ? '.' : name, size, type === 'directory' || name === '')) {
        const start = written;
        for await (const chunk of entry) {
          await to.writeFile(chunk as Buffer);
          written += (chunk as Buffer).length;
          progress({ phase: 'unpacking', done: written, total: null });
        }
        const end = start + size - 1;
        members.files.push({
          name,
          size,
          path: null,
          open: async () => createReadStream(pool, { start, end }),
        });
      } else {
        entry.resume();
      }
    }
    await reading;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof Problem || isDiskFull(error) ? error : damaged(path, error);
  } finally {
    await to.close();
  }
  if ((await stat(pool)).size !== written) throw damaged(path, 'its contents were not written whole');
  return members.source(path, async () => undefined);
}
