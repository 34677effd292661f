/** Opens a path as a source: a folder, an archive, or a single file, recognised by its first bytes. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import type { ReadContext } from '../formats/format.ts';
import { tarSource, zipSource } from './archive.ts';
import { fileSource, folderSource, unreadable } from './disk.ts';
import type { DataSource } from './source.ts';
import { headOf } from './unpack.ts';

export type SourceContext = Pick<ReadContext, 'scratch' | 'signal' | 'progress'>;

const tarMark = { at: 257, text: 'ustar' };

export async function openSource(path: string, context: SourceContext): Promise<DataSource> {
  const status = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (status.isDirectory()) return folderSource(path, context.signal);
  const head = await headOf(path, 512).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (head.toString('latin1', 0, 4) === 'PK\x03\x04' && !/\.npz$/i.test(path))
    return zipSource(path, context);
  if (isTar(head)) return tarSource(path, false, context);
  if (head[0] === 0x1f && head[1] === 0x8b && isTar(await unpackedHead(path)))
    return tarSource(path, true, context);
  return fileSource(path, status.size);
}

const isTar = (head: Buffer) =>
  head.toString('latin1', tarMark.at, tarMark.at + tarMark.text.length) === tarMark.text;

/**
 * Returns the first bytes of a gzip file's contents; none if it is damaged, which is reported when it is
 * unpacked.
 */
async function unpackedHead(path: string): Promise<Buffer> {
  const stream = createReadStream(path, { end: 1 << 16 }).pipe(createGunzip());
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of stream) {
      parts.push(part as Buffer);
      length += (part as Buffer).length;
      if (length >= 512) break;
    }
  } catch {
    // The bytes before the damage, or before the end of the read part, suffice.
  }
  return Buffer.concat(parts);
}
