import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMnist, openMnistFolder } from './mnist.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stride-mnist-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Writes a file in MNIST's form that holds only zeros, mostly as holes; `bytes` overwrites some. */
async function write(name: string, dimensions: number[], bytes: Record<number, number> = {}): Promise<void> {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.set([0, 0, 8, dimensions.length]);
  dimensions.forEach((length, axis) => header.writeUInt32BE(length, 4 + 4 * axis));
  const file = await open(join(folder, name), 'w');
  await file.write(header);
  await file.truncate(header.length + dimensions.reduce((product, length) => product * length, 1));
  for (const [offset, byte] of Object.entries(bytes)) await file.write(Buffer.of(byte), 0, 1, Number(offset));
  await file.close();
}

async function writeAll(): Promise<void> {
  await write('train-images-idx3-ubyte', [60_000, 28, 28]);
  await write('train-labels-idx1-ubyte', [60_000]);
  await write('t10k-images-idx3-ubyte', [10_000, 28, 28]);
  await write('t10k-labels-idx1-ubyte', [10_000]);
}

test('the built-in MNIST is as it was published', async () => {
  const { summary, files } = await openMnist();
  expect(summary).toMatchObject({
    id: 'mnist',
    height: 28,
    width: 28,
    channels: 1,
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    trainCount: 60_000,
    testCount: 10_000,
    mean: [0.1307],
    deviation: [0.3081],
  });
  expect(files.train.images).toMatchObject({ offset: 16, count: 60_000 });
  expect(files.test.labels).toMatchObject({ offset: 8, count: 10_000 });
  const labels = await open(files.test.labels.path);
  const first = await labels.read(Buffer.alloc(5), 0, 5, files.test.labels.offset);
  await labels.close();
  expect([...first.buffer]).toEqual([7, 2, 1, 0, 4]);
});

test('files of the same form, but other content', async () => {
  await writeAll();
  const { summary } = await openMnistFolder(folder, null);
  expect(summary.hash).toMatch(/^[0-9a-f]{64}$/);
  await expect(openMnistFolder(folder, 'a'.repeat(64))).rejects.toMatchObject({ code: 'dataset.damaged' });
});

test('a missing file, and what is not of the form', async () => {
  await writeAll();
  await rm(join(folder, 't10k-labels-idx1-ubyte'));
  await expect(openMnistFolder(folder, null)).rejects.toMatchObject({ code: 'idx.missing' });

  await write('t10k-labels-idx1-ubyte', [10_000], { [8 + 41]: 10 });
  await expect(openMnistFolder(folder, null)).rejects.toThrow('label 42 is 10; labels go from 0 to 9');

  await write('train-images-idx3-ubyte', [60_000, 32, 32]);
  await expect(openMnistFolder(folder, null)).rejects.toMatchObject({ code: 'dataset.image-size' });

  await write('train-images-idx3-ubyte', [50_000, 28, 28]);
  await expect(openMnistFolder(folder, null)).rejects.toMatchObject({ code: 'idx.counts' });

  await write('train-labels-idx1-ubyte', [50_000]);
  await expect(openMnistFolder(folder, null)).rejects.toThrow('holds 50000 images; MNIST has 60000 there');
});
