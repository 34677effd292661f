/** Files of a source on the disk, decompressed if they are gzip. */
import { createWriteStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Problem } from '../../../shared/base/problem.ts';
import type { ReadContext } from '../formats/format.ts';
import { createReadStream } from 'node:fs';
import type { SourceFile } from './source.ts';

/**
 * Limit on an unpacked file, larger than any set of small images, because a highly compressed file of zeros
 * would fill the disk.
 */
export const largestUnpacked = 32 * 2 ** 30;
/** Gzip within gzip happens when a server compresses a compressed file; more layers are no accident. */
const mostLayers = 3;

export interface UnpackedFile {
  /** Name in the source, for messages. */
  readonly name: string;
  readonly path: string;
  readonly size: number;
}

type Context = Pick<ReadContext, 'scratch' | 'signal' | 'progress'>;

let counter = 0;

/**
 * Returns the file on the disk: in place if it is neither compressed nor in an archive, otherwise a copy in
 * the scratch folder.
 */
export async function unpacked(file: SourceFile, context: Context): Promise<UnpackedFile> {
  let current: UnpackedFile = {
    name: file.name,
    path: file.path ?? (await copied(file, () => file.open(), context)),
    size: file.size,
  };
  for (let layer = 0; await isGzip(current.path); layer += 1) {
    if (layer === mostLayers) {
      throw new Problem(
        'dataset.gzip-layers',
        `${file.name} is packed by gzip more than ${mostLayers} times`,
        {
          file: file.name,
          most: mostLayers,
        },
      );
    }
    const { path } = current;
    const plain = await copied(file, async () => createReadStream(path), context, true);
    if (path !== file.path) await rm(path, { force: true });
    current = { name: file.name, path: plain, size: (await stat(plain)).size };
  }
  return current;
}

async function copied(
  file: SourceFile,
  open: () => Promise<Readable>,
  { scratch, signal, progress }: Context,
  gunzip = false,
): Promise<string> {
  counter += 1;
  const path = join(scratch, `unpacked-${counter}`);
  let done = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _, next) {
      done += chunk.length;
      progress({ phase: 'unpacking', done, total: null });
      next(done > largestUnpacked ? tooLarge(file.name) : null, chunk);
    },
  });
  try {
    const from = await open();
    const to = createWriteStream(path, { mode: 0o600 });
    if (gunzip) await pipeline(from, createGunzip(), counted, to, { signal });
    else await pipeline(from, counted, to, { signal });
  } catch (error) {
    signal.throwIfAborted();
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!code.startsWith('Z_')) throw error;
    throw new Problem(
      'dataset.gzip-damaged',
      `${file.name} is packed by gzip and damaged (${code}); get the file again`,
      { file: file.name, reason: code },
    );
  }
  return path;
}

export function tooLarge(file: string): Problem {
  return new Problem('dataset.too-large', `${file} unpacks to more than ${largestUnpacked / 2 ** 30} GiB`, {
    file,
    most: largestUnpacked / 2 ** 30,
  });
}

async function isGzip(path: string): Promise<boolean> {
  const head = await headOf(path, 2);
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Returns the first bytes of a file, or fewer if it is shorter. */
export async function headOf(path: string, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(length);
    const { bytesRead } = await file.read(head, 0, length, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
