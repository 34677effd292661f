/** Every format in small files of its layout: what is read is what was written, pixel for pixel. */
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import sharp from 'sharp';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  cifarPickle,
  cifarRecords,
  idx,
  idxFiles,
  npy,
  pixels,
  writeFiles,
} from '../support/datasetFiles.ts';
import { codesOf, imported, importInto } from '../support/importing.ts';
import { removeFolder, temporaryFolder } from '../support/lab.ts';

let sets: string;
let source: string;
beforeEach(() => {
  [sets, source] = [temporaryFolder(), temporaryFolder()];
});
afterEach(() => {
  removeFolder(sets);
  removeFolder(source);
});
const put = (files: Record<string, Uint8Array | string>) => writeFiles(source, files);
const one = (name: string, bytes: Uint8Array | string) => join(put({ [name]: bytes }), name);

/** An "L" of 3×2 pixels: transposed, turned and mirrored it is another picture each time. */
const letter = [255, 0, 255, 0, 255, 200];

describe('IDX', () => {
  test('by content, whatever the names and the packing: gzip in gzip, packed without the ending', async () => {
    const files = idxFiles();
    const plain = await imported(sets, writeFiles(join(source, 'a'), files));
    const odd = await imported(
      sets,
      writeFiles(join(source, 'b'), {
        'train-images.idx3-ubyte': gzipSync(gzipSync(files['train-images-idx3-ubyte']!)),
        'train-labels.idx1-ubyte.gz': files['train-labels-idx1-ubyte']!,
        'test-images.idx3-ubyte.gz': gzipSync(files['t10k-images-idx3-ubyte']!),
        'test-labels.idx1-ubyte': files['t10k-labels-idx1-ubyte']!,
        '.DS_Store': 'x',
      }),
    );
    expect(odd.record.summary.hash).toBe(plain.record.summary.hash);
    expect(odd.trainLabels).toEqual(plain.trainLabels);
  });

  test('EMNIST is turned, has its letters as classes, and no class for what does not occur', async () => {
    const images = [...letter, ...letter.map((pixel) => 255 - pixel), ...letter];
    put({
      'emnist-letters-train-images-idx3-ubyte': idx([3, 3, 2], images),
      'emnist-letters-train-labels-idx1-ubyte': idx([3], [1, 26, 1]),
    });
    const set = await imported(sets, source, { testFraction: 0.5 });
    expect(set.record.summary).toMatchObject({
      height: 2,
      width: 3,
      classes: ['a', 'z'],
      name: 'EMNIST letters',
    });
    expect([...set.train[0]!]).toEqual([255, 255, 255, 0, 0, 200]);
    expect(codesOf(set)).toContain('dataset.note-transposed');
  });

  test('labels of other types, and two columns of them as QMNIST has', async () => {
    const labels = Buffer.alloc(4 * 2 * 8);
    [3, 7, 3, 7].forEach((label, row) => labels.writeInt32BE(label, row * 16));
    put({
      'qmnist-train-images-idx3-ubyte': idx([4, 2, 2], pixels(4, 4)),
      'qmnist-train-labels-idx2-int': idx([4, 4], labels, 0x0c),
    });
    const set = await imported(sets, source, { testFraction: 0.5 });
    expect(set.record.summary.classes).toEqual(['3', '7']);
    expect(codesOf(set)).toContain('dataset.note-renumbered');
  });
});

test('a source without a test set is split by seed, the same share of every class', async () => {
  const labels = Array.from({ length: 60 }, (_, i) => (i < 40 ? 0 : 1));
  put({
    'train-images-idx3-ubyte': idx([60, 2, 2], pixels(60, 4)),
    'train-labels-idx1-ubyte': idx([60], labels),
  });
  const [first, again, other] = [
    await imported(sets, source, { testFraction: 0.25, seed: 3 }),
    await imported(join(sets, 'b'), source, { testFraction: 0.25, seed: 3 }),
    await imported(join(sets, 'c'), source, { testFraction: 0.25, seed: 4 }),
  ];
  expect(first.record.report.classCounts).toEqual({ train: [30, 15], test: [10, 5] });
  expect(again.record.summary.hash).toBe(first.record.summary.hash);
  expect(other.record.summary.hash).not.toBe(first.record.summary.hash);
});

test('duplicates within and across the parts, contradictions, constant images and imbalance are told', async () => {
  const image = (value: number) => [value, 1, 2, 3];
  put({
    'train-images-idx3-ubyte': idx([8, 2, 2], [10, 10, 10, 20, 30, 40, 50, 60].flatMap(image)),
    'train-labels-idx1-ubyte': idx([8], [0, 0, 1, 0, 0, 0, 0, 0]),
    't10k-images-idx3-ubyte': idx([3, 2, 2], [...image(20), 7, 7, 7, 7, ...image(99)]),
    't10k-labels-idx1-ubyte': idx([3], [0, 1, 0]),
  });
  const set = await imported(sets, source);
  expect(set.record.report).toMatchObject({
    duplicates: { train: 2, test: 0, across: 1 },
    ...{ contradictory: 3, constant: { train: 0, test: 1 } },
  });
  expect(codesOf(set)).toEqual(['dataset.note-imbalance']);
});

describe('CIFAR', () => {
  const checkColours = (image: Uint8Array) => {
    const at = (row: number, column: number) => [
      ...image.subarray((row * 32 + column) * 3, (row * 32 + column) * 3 + 3),
    ];
    expect(at(0, 5)).toEqual([255, 0, 0]);
    expect(at(9, 31)).toEqual([0, 0, 200]);
    expect(at(1, 8)).toEqual([0, 99, 0]);
  };

  test('-10, binary version, within two folders of a tar.gz with a read-me', async () => {
    const tar = pack();
    const folder = 'cifar/cifar-10-batches-bin';
    tar.entry({ name: `${folder}/data_batch_1.bin` }, cifarRecords([[3], [5], [3]]));
    tar.entry({ name: `${folder}/test_batch.bin` }, cifarRecords([[5]]));
    tar.entry({ name: `${folder}/${'long'.repeat(40)}/readme.html` }, 'read me');
    tar.finalize();
    const parts: Buffer[] = [];
    for await (const part of tar) parts.push(part as Buffer);
    const set = await imported(sets, one('cifar.tar.gz', gzipSync(Buffer.concat(parts))));
    expect(set.record).toMatchObject({
      format: 'cifar',
      summary: { channels: 3, trainCount: 3, name: 'CIFAR-10' },
    });
    expect(set.trainLabels.map((label) => set.record.summary.classes[label])).toEqual(['cat', 'dog', 'cat']);
    checkColours(set.train[0]!);
  });

  test('-100, binary version: two label bytes, fine or coarse', async () => {
    put({
      'train.bin': cifarRecords([
        [1, 11],
        [2, 22],
      ]),
      'test.bin': cifarRecords([[1, 11]]),
    });
    const fine = await imported(sets, source);
    expect(fine.record.summary.classes).toEqual(['11', '22']);
    checkColours(fine.train[0]!);
    const coarse = await imported(sets, source, { labels: 'coarse', name: 'coarse' });
    expect(coarse.record.summary.classes).toEqual(['1', '2']);
  });

  test.each(['numpy.core.multiarray', 'numpy._core.multiarray'])('Python version (%s)', async (module) => {
    put({
      data_batch_1: cifarPickle([3, 5, 3], 'labels', module),
      test_batch: cifarPickle([5], 'labels', module),
    });
    const set = await imported(sets, source);
    expect(set.record.format).toBe('cifarPython');
    expect(set.trainLabels).toEqual([3, 5, 3]);
    checkColours(set.train[0]!);
  });
});

describe('CSV', () => {
  const header = ['label', 'pixel0', 'pixel1', 'pixel2', 'pixel3'].join(',');

  test.each([
    ['Kaggle’s, with a header', `${header}\n0,1,2,3,255\n1,5,6,7,8\n0,9,9,9,1\n1,1,1,1,2\n`],
    ['without a header, CR LF, no last line end', '0,1,2,3,255\r\n1,5,6,7,8\r\n0,9,9,9,1\r\n1,1,1,1,2'],
    [
      'a byte order mark, quotes and semicolons',
      `\ufeff"label";"a";"b";"c";"d"\n"0";1;2;3;255\n1;5;6;7;8\n0;9;9;9;1\n1;1;1;1;2\n`,
    ],
    ['the label last', 'a,b,c,d,class\n1,2,3,255,0\n5,6,7,8,1\n9,9,9,1,0\n1,1,1,2,1\n'],
  ])('%s', async (_, text) => {
    const set = await imported(sets, one('train.csv', text), { testFraction: 0.5 });
    expect(set.record.summary).toMatchObject({ height: 2, width: 2, channels: 1, classes: ['0', '1'] });
    const all = [...set.train, ...set.test].map((image) => image.join(' ')).sort();
    expect(all).toEqual(['1 1 1 2', '1 2 3 255', '5 6 7 8', '9 9 9 1']);
  });

  test('shares of 1 are made bytes; a test table without labels is left out and said', async () => {
    put({
      'train.csv': `${header}\nzero,0,0.5,1,0\none,0,0,0,1\nzero,1,1,1,1\none,0,0,1,1\n`,
      'test.csv': 'pixel0,pixel1,pixel2,pixel3\n0,0,0,0\n',
    });
    const set = await imported(sets, source, { testFraction: 0.5 });
    expect(set.record.summary.classes).toEqual(['one', 'zero']);
    expect([...set.train, ...set.test].map((image) => image.join(' '))).toContain('0 128 255 0');
    expect(codesOf(set)).toContain('dataset.note-no-labels');
  });
});

describe('NPZ', () => {
  const npz = (arrays: Record<string, Uint8Array>) =>
    zipSync(Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes])));
  const labels = npy('|u1', [4], [0, 1, 0, 1]);

  test('x_train and its relatives; big-endian floats, one-hot labels, object arrays left out', async () => {
    const floats = Buffer.alloc(4 * 6 * 4);
    letter.forEach((pixel, i) => floats.writeFloatBE(pixel / 255, 4 * i));
    floats.writeFloatBE(1, 4 * 12);
    floats.writeFloatBE(1, 4 * 19);
    const path = one(
      'own.npz',
      npz({
        x_train: npy('>f4', [4, 3, 2], floats),
        y_train: npy(
          '<i8',
          [4, 2],
          [1, 0, 0, 1, 1, 0, 0, 1].flatMap((bit) => [bit, 0, 0, 0, 0, 0, 0, 0]),
        ),
        x_test: npy('>f4', [1, 3, 2], floats.subarray(0, 24), { version: 2 }),
        y_test: npy('<i8', [1, 2], [0, ...new Array<number>(7).fill(0), 1, ...new Array<number>(7).fill(0)]),
        extra: npy('|O', [2], [0x80, 0x04]),
      }),
    );
    const set = await imported(sets, path);
    expect([...set.train[0]!]).toEqual(letter);
    expect(set.trainLabels).toEqual([0, 1, 0, 1]);
    expect(set.testLabels).toEqual([1]);
    expect(codesOf(set)).toContain('dataset.npy-objects');
  });

  test.each([
    ['(N, 1, H, W)', npy('|u1', [4, 1, 3, 2], [...letter, ...pixels(3, 6)]), {}, [3, 2, 1]],
    [
      '(N, H, W, 1), which 3 rows make ambiguous',
      npy('|u1', [4, 3, 2, 1], [...letter, ...pixels(3, 6)]),
      { channels: 'last' as const },
      [3, 2, 1],
    ],
    [
      '(N, H·W) with a size',
      npy('|u1', [4, 6], [...letter, ...pixels(3, 6)]),
      { size: { width: 2, height: 3 } },
      [3, 2, 1],
    ],
    ['(N, 3, H, W)', npy('|u1', [4, 3, 1, 2], [...pixels(4, 6)]), { channels: 'first' as const }, [1, 2, 3]],
  ])('%s', async (_, images, options, [height, width, channels]) => {
    const set = await imported(sets, one('own.npz', npz({ arr_0: images, arr_1: labels })), options);
    expect(set.record.summary).toMatchObject({ height, width, channels });
    if (channels === 1)
      expect([...set.train, ...set.test].map((image) => image.join())).toContain(letter.join());
    else
      expect([...set.train, ...set.test].map((image) => image.join())).toContain(
        [0, 22, 44, 11, 33, 55].join(),
      );
  });

  test('Fortran order, in two files', async () => {
    // Two images of 2×3, numbered in C's order, written with the first index fastest.
    const value = (image: number, row: number, column: number) => image * 100 + row * 10 + column;
    const bytes = [0, 1, 2].flatMap((c) =>
      [0, 1].flatMap((r) => [0, 1, 2, 3].map((i) => (value(i, r, c) * 1) % 256)),
    );
    put({
      'k-train-imgs.npz': npz({ arr_0: npy('|u1', [4, 2, 3], bytes, { fortran: true }) }),
      'k-train-labels.npz': npz({ arr_0: labels }),
    });
    const set = await imported(sets, source);
    expect([...set.train, ...set.test].map((image) => image.join())).toContain('100,101,102,110,111,112');
  });
});

test('Parquet as the Hub has MNIST: names of classes, several row groups, a struct and plain bytes', async () => {
  const png = async (value: number) =>
    sharp(Buffer.from([value, 1, 2, 3, 4, 5]), { raw: { width: 2, height: 3, channels: 1 } })
      .png()
      .toBuffer();
  const bytes = await Promise.all([10, 20, 30, 40].map(png));
  const features = { image: { _type: 'Image' }, label: { names: ['cat', 'dog'], _type: 'ClassLabel' } };
  const table = (pictures: Uint8Array[], labels: bigint[]) =>
    parquetWriteBuffer({
      columnData: [
        { name: 'image', data: pictures, type: 'BYTE_ARRAY' as const },
        { name: 'label', data: labels, type: 'INT64' as const },
      ],
      rowGroupSize: 2,
      kvMetadata: [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }],
    });
  put({
    'mnist/train-00000-of-00001.parquet': new Uint8Array(table(bytes.slice(0, 3), [0n, 1n, 0n])),
    'mnist/test-00000-of-00001.parquet': new Uint8Array(table(bytes.slice(3), [1n])),
  });
  const set = await imported(sets, source);
  expect(set.record.summary).toMatchObject({ height: 3, width: 2, channels: 1, classes: ['cat', 'dog'] });
  expect([...set.test[0]!]).toEqual([40, 1, 2, 3, 4, 5]);
  expect(set.trainLabels).toEqual([0, 1, 0]);
});

test.each(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'ZSTD'] as const)('Parquet with pages in %s', async (codec) => {
  const png = (value: number) =>
    sharp(Buffer.from([value, 1, 2, 3]), { raw: { width: 2, height: 2, channels: 1 } })
      .png()
      .toBuffer();
  const pictures = await Promise.all([10, 20, 30, 40, 50].map(png));
  const packing = { UNCOMPRESSED: null, SNAPPY: null, GZIP: gzipSync, ZSTD: zstdCompressSync }[codec];
  put({
    'digits.parquet': new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: 'image', data: pictures, type: 'BYTE_ARRAY' as const },
          { name: 'label', data: [0n, 1n, 0n, 1n, 0n], type: 'INT64' as const },
        ],
        ...{ rowGroupSize: 2, codec },
        ...(packing && { compressors: { [codec]: (bytes: Uint8Array) => new Uint8Array(packing(bytes)) } }),
      }),
    ),
  });
  const { train, test: rest } = await imported(sets, source);
  expect([...train, ...rest].map((image) => image[0]).sort()).toEqual([10, 20, 30, 40, 50]);
});

test('the real Fashion-MNIST, where its Debian package is installed', async ({ skip }) => {
  const folder = '/usr/share/datasets/fashion-mnist';
  const there = await import('node:fs').then(({ existsSync }) =>
    existsSync(join(folder, 't10k-labels-idx1-ubyte.gz')),
  );
  skip(!there, 'the Debian package dataset-fashion-mnist is not installed');
  const { record } = await importInto(sets, folder);
  expect(record.summary).toMatchObject({ id: 'fashion-mnist', name: 'Fashion-MNIST', trainCount: 60_000 });
  expect(record.summary.classes[9]).toBe('Ankle boot');
});
