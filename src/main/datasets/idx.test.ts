import { mkdtemp, mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readIdxHeader, readIdxItems, readIdxPair } from './idx.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stride-idx-'));
  path = join(folder, 'file');
});
afterEach(() => rm(folder, { recursive: true }));

/** Returns an IDX file of unsigned bytes: its dimensions, then as many bytes as they require: 0, 1, 2, … */
function idx(dimensions: number[], type = 0x08): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.set([0, 0, type, dimensions.length]);
  dimensions.forEach((length, axis) => header.writeUInt32BE(length, 4 + 4 * axis));
  const count = dimensions.reduce((product, length) => product * length, 1);
  return Buffer.concat([header, Buffer.from(Array.from({ length: count }, (_, index) => index % 256))]);
}

describe('readIdxHeader', () => {
  test('images', async () => {
    await writeFile(path, idx([5, 2, 3]));
    expect(await readIdxHeader(path, 3)).toEqual({
      path,
      dimensions: [5, 2, 3],
      count: 5,
      itemBytes: 6,
      offset: 16,
    });
  });

  test('labels and their bytes', async () => {
    await writeFile(path, idx([4]));
    const header = await readIdxHeader(path, 1);
    expect(header).toMatchObject({ count: 4, itemBytes: 1, offset: 8 });
    expect([...(await readIdxItems(header))]).toEqual([0, 1, 2, 3]);
  });

  test.each([
    ['an empty file', Buffer.alloc(0), 'idx.truncated', 'is cut short: 0 bytes'],
    ['two bytes', Buffer.alloc(2), 'idx.truncated', 'is cut short: 2 bytes'],
    [
      'half of a header',
      idx([5, 2, 3]).subarray(0, 10),
      'idx.truncated',
      '10 bytes, where its header alone takes 16',
    ],
    [
      'a missing byte',
      idx([5, 2, 3]).subarray(0, 45),
      'idx.truncated',
      '45 bytes, where its header (5 × 2 × 3) asks for 46',
    ],
    ['a byte too many', Buffer.concat([idx([5, 2, 3]), Buffer.alloc(1)]), 'idx.too-long', '47 bytes'],
    ['a gzip file', gzipSync(idx([5, 2, 3])), 'idx.compressed', 'gunzip'],
    [
      'a web page',
      Buffer.from('<html>not found</html>'),
      'idx.magic',
      'starts with 3c68746d, where 00000803 would be right',
    ],
    ['an unknown element type', idx([5, 2, 3], 0x0a), 'idx.magic', 'starts with 00000a03'],
    ['floats', idx([5, 2, 3], 0x0d), 'idx.type', '32-bit floats (type 0d)'],
    [
      'labels for images',
      idx([5]),
      'idx.dimensions',
      'has 1 dimensions, where images (3 dimensions) are needed',
    ],
    ['nothing in it', idx([0, 28, 28]), 'idx.empty', '0 × 28 × 28'],
    [
      'more than fits in any file',
      Buffer.concat([idx([1]).subarray(0, 3), Buffer.from([3]), Buffer.alloc(12, 255)]),
      'idx.truncated',
      'is cut short',
    ],
  ])('%s', async (_, bytes, code, message) => {
    await writeFile(path, bytes);
    const reading = readIdxHeader(path, 3);
    await expect(reading).rejects.toMatchObject({ name: 'Problem', code });
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(path);
  });

  test('images for labels', async () => {
    await writeFile(path, idx([5, 2, 3]));
    await expect(readIdxHeader(path, 1)).rejects.toThrow(
      'has 3 dimensions, where labels (1 dimension) are needed',
    );
  });

  test('no file, and a folder', async () => {
    await expect(readIdxHeader(path, 3)).rejects.toMatchObject({ code: 'idx.missing' });
    await mkdir(path);
    await expect(readIdxHeader(path, 3)).rejects.toMatchObject({ code: 'idx.not-a-file' });
  });
});

test('readIdxItems: a file that was cut after its header was read', async () => {
  await writeFile(path, idx([9]));
  const header = await readIdxHeader(path, 1);
  await truncate(path, 12);
  await expect(readIdxItems(header)).rejects.toMatchObject({ code: 'idx.truncated' });
});

test('readIdxPair: as many images as labels', async () => {
  const labels = join(folder, 'labels');
  await writeFile(path, idx([5, 2, 3]));
  await writeFile(labels, idx([5]));
  expect(await readIdxPair(path, labels)).toMatchObject({ images: { count: 5 }, labels: { count: 5 } });
  await writeFile(labels, idx([4]));
  await expect(readIdxPair(path, labels)).rejects.toThrow('holds 5 images, but');
});
