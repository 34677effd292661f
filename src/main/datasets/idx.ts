/**
 * The IDX format of MNIST and similar sets: two zero bytes, a byte for the element type, a byte for the
 * number of dimensions, each dimension as a big-endian 32-bit number, then the elements
 * (http://yann.lecun.com/exdb/mnist/, "file formats"). Only unsigned bytes are accepted. The engine reads the
 * elements directly from the file, so that a wrong header would mean training on garbage. Hence every field
 * is checked against the file's size here, and a mismatch is a `Problem` that names the file.
 */
import { open } from 'node:fs/promises';
import { Problem } from '../../shared/base/problem.ts';

export interface IdxHeader {
  readonly path: string;
  /** Dimensions; the first one is the number of items, and the others are an item's. */
  readonly dimensions: readonly number[];
  readonly count: number;
  /** Number of bytes per item: the product of the other dimensions. */
  readonly itemBytes: number;
  /** Offset of the first item in bytes. */
  readonly offset: number;
}

const unsignedByte = 0x08;
const elementTypes: Readonly<Record<number, string>> = {
  0x08: 'unsigned bytes',
  0x09: 'signed bytes',
  0x0b: '16-bit integers',
  0x0c: '32-bit integers',
  0x0d: '32-bit floats',
  0x0e: '64-bit floats',
};

/** Reads and checks the header; `rank` is the number of dimensions: 3 for images, 1 for labels. */
export async function readIdxHeader(path: string, rank: number): Promise<IdxHeader> {
  const { head, size } = await readHead(path, 4 + 4 * rank);
  checkMagic(path, head, rank);
  if (head.length < 4 + 4 * rank) {
    throw new Problem(
      'idx.truncated',
      `${path} is cut short: ${size} bytes, where its header alone takes ${4 + 4 * rank}; get the file again`,
      { path, size, expected: 4 + 4 * rank },
    );
  }
  const dimensions = Array.from({ length: rank }, (_, axis) => head.readUInt32BE(4 + 4 * axis));
  if (dimensions.includes(0)) {
    throw new Problem('idx.empty', `${path} holds nothing: its dimensions are ${dimensions.join(' × ')}`, {
      path,
    });
  }
  const [count = 0, ...item] = dimensions;
  const itemBytes = item.reduce((product, length) => product * length, 1);
  const offset = head.length;
  const expected = offset + count * itemBytes;
  if (size !== expected) {
    const wrong = size < expected ? 'is cut short' : 'is too long';
    throw new Problem(
      size < expected ? 'idx.truncated' : 'idx.too-long',
      `${path} ${wrong}: ${size} bytes, where its header (${dimensions.join(' × ')}) asks for ${expected}; get the file again`,
      { path, size, expected },
    );
  }
  return { path, dimensions, count, itemBytes, offset };
}

/** Reads the bytes of all items. It is meant for labels; images stay in their file. */
export async function readIdxItems(header: IdxHeader): Promise<Uint8Array> {
  const bytes = Buffer.alloc(header.count * header.itemBytes);
  const file = await open(header.path, 'r');
  try {
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, header.offset + done);
      if (bytesRead === 0) {
        throw new Problem(
          'idx.truncated',
          `${header.path} became shorter while it was read; get the file again`,
          {
            path: header.path,
          },
        );
      }
      done += bytesRead;
    }
  } finally {
    await file.close();
  }
  return bytes;
}

/**
 * Reads the headers of images and labels, of which there must be equally many. `rank` is the images' number
 * of dimensions.
 */
export async function readIdxPair(
  images: string,
  labels: string,
  rank = 3,
): Promise<{ images: IdxHeader; labels: IdxHeader }> {
  const pair = { images: await readIdxHeader(images, rank), labels: await readIdxHeader(labels, 1) };
  if (pair.images.count !== pair.labels.count) {
    throw new Problem(
      'idx.counts',
      `${images} holds ${pair.images.count} images, but ${labels} holds ${pair.labels.count} labels; ` +
        'they must be files of the same set',
      { images: pair.images.count, labels: pair.labels.count },
    );
  }
  return pair;
}

async function readHead(path: string, length: number): Promise<{ head: Buffer; size: number }> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENOENT') throw new Problem('idx.missing', `${path} is not there`, { path });
    throw new Problem('idx.unreadable', `${path} cannot be read (${code})`, { path, reason: code });
  }
  try {
    const status = await file.stat();
    if (!status.isFile())
      throw new Problem('idx.not-a-file', `${path} is not a file; an IDX file is needed`, { path });
    const head = Buffer.alloc(length);
    const { bytesRead } = await file.read(head, 0, length, 0);
    return { head: head.subarray(0, bytesRead), size: status.size };
  } finally {
    await file.close();
  }
}

function checkMagic(path: string, head: Buffer, rank: number): void {
  const [first, second, type = 0, dimensions] = head;
  if (first === 0x1f && second === 0x8b) {
    throw new Problem('idx.compressed', `${path} is still compressed; unpack it first: gunzip "${path}"`, {
      path,
    });
  }
  if (head.length < 4) {
    throw new Problem(
      'idx.truncated',
      `${path} is cut short: ${head.length} bytes are no IDX file; get it again`,
      {
        path,
        size: head.length,
        expected: 4 + 4 * rank,
      },
    );
  }
  const magic = head.toString('hex', 0, 4);
  if (first !== 0 || second !== 0 || !(type in elementTypes)) {
    throw new Problem(
      'idx.magic',
      `${path} is not an IDX file: it starts with ${magic}, where 0000080${rank} would be right`,
      { path, magic },
    );
  }
  if (type !== unsignedByte) {
    throw new Problem(
      'idx.type',
      `${path} holds ${elementTypes[type]} (type ${magic.slice(4, 6)}); unsigned bytes (type 08) are needed`,
      { path, type: String(elementTypes[type]) },
    );
  }
  if (dimensions !== rank) {
    const names: Readonly<Record<number, string>> = { 1: 'labels (1 dimension)', 3: 'images (3 dimensions)' };
    throw new Problem(
      'idx.dimensions',
      `${path} has ${dimensions} dimensions, where ${names[rank] ?? `${rank} dimensions`} are needed; ` +
        'perhaps images and labels were mixed up',
      { path, dimensions: dimensions ?? 0, expected: rank },
    );
  }
}
