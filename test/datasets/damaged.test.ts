/**
 * Damaged input, a kind a row: each ends the import with an error of its own that names the place, in both languages, and
 * leaves nothing. docs/data.md has the same rows.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import sharp from 'sharp';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import chinese from '../../resources/messages/zh-CN/data.json' with { type: 'json' };
import chineseModels from '../../resources/messages/zh-CN/models.json' with { type: 'json' };
import chineseProblems from '../../resources/messages/zh-CN/problems.json' with { type: 'json' };
import { inLanguage, setLanguage } from '../../src/main/host/language.ts';
import { Problem, toProblemRecord } from '../../src/shared/base/problem.ts';
import {
  cifarPickle,
  cifarRecords,
  idx,
  idxFiles,
  npy,
  pixels,
  writeFiles,
} from '../support/datasetFiles.ts';
import { importInto, left } from '../support/importing.ts';
import { removeFolder, temporaryFolder } from '../support/lab.ts';

type Files = Record<string, Uint8Array | string>;
interface Kind {
  /** As in docs/data.md. */
  readonly kind: string;
  readonly code: string;
  /** The files; what is imported is the only one of `path`, else the folder. */
  readonly files: () => Files | Promise<Files>;
  readonly path?: string;
  /** What the message names. */
  readonly names: string;
}

const small = idxFiles();
const idxWith = (changes: Files): Files => ({ ...small, ...changes });
const png = (value = 0) =>
  sharp(Buffer.from([value, 1, 2, 3]), { raw: { width: 2, height: 2, channels: 1 } })
    .png()
    .toBuffer();
const folderWith = async (name: string, bytes: Uint8Array | string): Promise<Files> => ({
  ...{ 'a/1.png': await png(), 'a/2.png': await png(5), 'b/1.png': await png(6), 'b/2.png': await png(7) },
  [name]: bytes,
});
const npz = (arrays: Files) =>
  zipSync(
    Object.fromEntries(
      Object.entries(arrays).map(([name, bytes]) => [
        `${name}.npy`,
        typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
      ]),
    ),
  );
const labels = npy('|u1', [4], [0, 1, 0, 1]);
const images = npy('|u1', [4, 2, 2], pixels(4, 4));
const csv = (rows: string) => `label,a,b,c,d\n0,1,2,3,4\n1,5,6,7,200\n${rows}`;
const tar = async (entry: { name: string; type?: 'symlink'; linkname?: string }): Promise<Uint8Array> => {
  const archive = pack();
  if (entry.type) archive.entry({ ...entry, size: 0 });
  else archive.entry(entry, 'x');
  archive.finalize();
  const parts: Buffer[] = [];
  for await (const part of archive) parts.push(part as Buffer);
  return Buffer.concat(parts);
};
const parquet = (columns: Parameters<typeof parquetWriteBuffer>[0]['columnData']) =>
  new Uint8Array(parquetWriteBuffer({ columnData: columns }));
const encrypted = () => {
  const zip = Buffer.from(zipSync({ 'a/1.png': new Uint8Array(9) }));
  for (const [signature, at] of [
    ['PK\x03\x04', 6],
    ['PK\x01\x02', 8],
  ] as const)
    zip[zip.indexOf(signature, 0, 'latin1') + at]! |= 1;
  return zip;
};
const trailer = (bytes: Uint8Array, cut: number) => bytes.subarray(0, bytes.length - cut);

const kinds: readonly Kind[] = [
  { kind: 'a folder without files', code: 'dataset.no-format', files: () => ({}), names: '' },
  { kind: 'files of no known format', code: 'dataset.no-format', files: () => ({ 'a.txt': 'x' }), names: '' },
  {
    kind: 'IDX: an empty file',
    code: 'idx.empty',
    files: () => idxWith({ 'train-labels-idx1-ubyte': '' }),
    names: 'train-labels',
  },
  {
    kind: 'IDX: shorter than its header says',
    code: 'idx.truncated',
    files: () => idxWith({ 'train-images-idx3-ubyte': trailer(small['train-images-idx3-ubyte']!, 3) }),
    names: 'train-images',
  },
  {
    kind: 'IDX: the header alone is cut',
    code: 'idx.truncated',
    files: () => idxWith({ 'train-labels-idx1-ubyte': Buffer.of(0, 0, 8, 1, 0) }),
    names: 'train-labels',
  },
  {
    kind: 'IDX: longer than its header says',
    code: 'idx.too-long',
    files: () =>
      idxWith({ 't10k-images-idx3-ubyte': Buffer.concat([small['t10k-images-idx3-ubyte']!, Buffer.of(1)]) }),
    names: 't10k-images',
  },
  {
    kind: 'IDX: a wrong magic number',
    code: 'idx.magic',
    files: () => idxWith({ 'train-images-idx3-ubyte': Buffer.alloc(40, 7) }),
    names: 'train-images',
  },
  {
    kind: 'IDX: a dimension of 0',
    code: 'idx.empty',
    files: () => idxWith({ 'train-images-idx3-ubyte': idx([0, 4, 4], []) }),
    names: 'train-images',
  },
  {
    kind: 'IDX: pixels that are no bytes',
    code: 'idx.type',
    files: () => idxWith({ 'train-images-idx3-ubyte': idx([20, 4, 4], new Uint8Array(1280), 0x0d) }),
    names: 'train-images',
  },
  {
    kind: 'IDX: other numbers of images and labels',
    code: 'idx.counts',
    files: () => idxWith({ 'train-labels-idx1-ubyte': idx([19], new Uint8Array(19)) }),
    names: '19',
  },
  {
    kind: 'IDX: images without labels',
    code: 'dataset.idx-files',
    files: () => ({ 'train-images-idx3-ubyte': small['train-images-idx3-ubyte']! }),
    names: 'train-images',
  },
  {
    kind: 'IDX: test images only',
    code: 'dataset.no-training',
    files: () => ({
      't10k-images-idx3-ubyte': small['t10k-images-idx3-ubyte']!,
      't10k-labels-idx1-ubyte': small['t10k-labels-idx1-ubyte']!,
    }),
    names: 'test',
  },
  {
    kind: 'IDX: images of two channels',
    code: 'dataset.channels',
    files: () => idxWith({ 'train-images-idx3-ubyte': idx([20, 2, 2, 2], pixels(20, 8)) }),
    names: 'train-images',
  },
  {
    kind: 'training and test images of other sizes',
    code: 'dataset.part-sizes',
    files: () => idxWith({ 't10k-images-idx3-ubyte': idx([10, 2, 2], pixels(10, 4)) }),
    names: '2×2',
  },
  {
    kind: 'a web page in the place of the file',
    code: 'dataset.web-page',
    files: () => idxWith({ 'train-images-idx3-ubyte': '<!DOCTYPE html><title>404</title>' }),
    names: 'train-images',
  },
  {
    kind: 'a pointer of Git LFS',
    code: 'dataset.lfs',
    files: () =>
      idxWith({ 'train-images-idx3-ubyte': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n' }),
    names: 'train-images',
  },
  {
    kind: 'gzip that is cut short',
    code: 'dataset.gzip-damaged',
    files: () =>
      idxWith({ 'train-images-idx3-ubyte': trailer(gzipSync(small['train-images-idx3-ubyte']!), 9) }),
    names: 'train-images',
  },
  {
    kind: 'gzip within gzip, four times',
    code: 'dataset.gzip-layers',
    files: () =>
      idxWith({
        'train-labels-idx1-ubyte': [1, 2, 3, 4].reduce(
          (bytes) => gzipSync(bytes),
          small['train-labels-idx1-ubyte']!,
        ),
      }),
    names: 'train-labels',
  },
  {
    kind: 'a negative label',
    code: 'dataset.label-number',
    files: () => idxWith({ 'train-labels-idx1-ubyte': idx([20], new Uint8Array(20).fill(255), 9) }),
    names: '-1',
  },
  {
    kind: 'more than 256 classes',
    code: 'dataset.too-many-classes',
    files: () => ({
      'train-images-idx3-ubyte': idx([300, 1, 1], pixels(300, 1)),
      'train-labels-idx2-short': idx(
        [300],
        Array.from({ length: 300 }, (_, i) => [i >> 8, i & 255]).flat(),
        0x0b,
      ),
    }),
    names: '257',
  },
  {
    kind: 'a single image a class',
    code: 'dataset.too-few',
    files: () => ({
      'train-images-idx3-ubyte': idx([2, 1, 1], [1, 2]),
      'train-labels-idx1-ubyte': idx([2], [0, 1]),
    }),
    names: '2',
  },
  {
    kind: 'images of more than 1,024 pixels a side',
    code: 'dataset.image-too-large',
    files: () => ({
      'train-images-idx3-ubyte': idx([2, 1, 1025], pixels(2, 1025)),
      'train-labels-idx1-ubyte': idx([2], [0, 0]),
    }),
    names: '1025',
  },
  {
    kind: 'CIFAR: half a record',
    code: 'dataset.cifar-size',
    files: () => ({ 'data_batch_1.bin': trailer(cifarRecords([[1]]), 5) }),
    names: 'data_batch_1.bin',
  },
  {
    kind: 'CIFAR: a label beyond the classes',
    code: 'dataset.no-class',
    files: () => ({ 'data_batch_1.bin': cifarRecords([[1], [10]]) }),
    names: 'record 2',
  },
  {
    kind: 'CIFAR: a list of names of another length',
    code: 'dataset.class-names',
    files: () => ({ 'data_batch_1.bin': cifarRecords([[1]]), 'batches.meta.txt': 'cat\ndog\n' }),
    names: 'batches.meta.txt',
  },
  {
    kind: 'CIFAR: a pickle that would run code',
    code: 'pickle.refused',
    files: () => ({ data_batch_1: "cos\nsystem\n(S'touch /tmp/no'\ntR." }),
    names: 'os.system',
  },
  {
    kind: 'CIFAR: a pickle that is cut short',
    code: 'pickle.damaged',
    files: () => ({ data_batch_1: trailer(cifarPickle([1, 2]), 4000) }),
    names: 'data_batch_1',
  },
  {
    kind: 'CIFAR: a pickle without labels',
    code: 'dataset.cifar-keys',
    files: () => ({ data_batch_1: cifarPickle([1, 2], 'other') }),
    names: 'data, other',
  },
  {
    kind: 'CSV: nothing in it',
    code: 'dataset.csv-empty',
    files: () => ({ 'train.csv': '\n' }),
    names: 'train.csv',
  },
  {
    kind: 'CSV: a row with a column less',
    code: 'dataset.csv-row',
    files: () => ({ 'train.csv': csv('1,2,3,4\n') }),
    names: 'row 4',
  },
  {
    kind: 'CSV: a word among the pixels',
    code: 'dataset.csv-value',
    files: () => ({ 'train.csv': csv('1,2,x,4,5\n') }),
    names: 'column 3',
  },
  {
    kind: 'CSV: a pixel beyond 255',
    code: 'dataset.pixel-range',
    files: () => ({ 'train.csv': csv('1,2,3,4,256\n') }),
    names: '256',
  },
  {
    kind: 'CSV: a label is missing',
    code: 'dataset.label-missing',
    files: () => ({ 'train.csv': csv(',2,3,4,5\n') }),
    names: 'row 4',
  },
  {
    kind: 'CSV: columns that make no square',
    code: 'dataset.csv-columns',
    files: () => ({ 'train.csv': 'label,a,b,c,d,e\n0,1,2,3,4,5\n' }),
    names: '6 columns',
  },
  {
    kind: 'CSV: pixels without labels',
    code: 'dataset.csv-no-label',
    files: () => ({ 'train.csv': '1,2,3,4\n5,6,7,8\n' }),
    names: 'train.csv',
  },
  {
    kind: 'NPZ: an array that is shorter than its header says',
    code: 'dataset.npy-size',
    files: () => ({ 'a.npz': npz({ x: trailer(images, 2), y: labels }) }),
    names: 'a.npz: x',
  },
  {
    kind: 'NPZ: no array of NumPy',
    code: 'dataset.npy-damaged',
    files: () => ({ 'a.npz': npz({ x: 'nothing here', y: labels }) }),
    names: 'a.npz: x',
  },
  {
    kind: 'NPZ: only Python objects',
    code: 'dataset.npy-objects',
    files: () => ({ 'a.npz': npz({ x: npy('|O', [4], [0x80]), y: labels }) }),
    names: 'a.npz: x',
  },
  {
    kind: 'NPZ: complex numbers',
    code: 'dataset.npy-type',
    files: () => ({ 'a.npz': npz({ x: npy('<c8', [4], new Uint8Array(32)), y: labels }) }),
    names: '<c8',
  },
  {
    kind: 'NPZ: labels of another number',
    code: 'dataset.npz-arrays',
    files: () => ({ 'a.npz': npz({ x: images, y: npy('|u1', [3], [0, 1, 0]) }) }),
    names: '4×2×2',
  },
  {
    kind: 'NPZ: channels at both ends',
    code: 'dataset.npz-axes',
    files: () => ({ 'a.npz': npz({ x: npy('|u1', [4, 3, 2, 3], pixels(4, 18)), y: labels }) }),
    names: '4×3×2×3',
  },
  {
    kind: 'NPZ: a row of one-hot labels without a 1',
    code: 'dataset.one-hot',
    files: () => ({ 'a.npz': npz({ x: images, y: npy('|u1', [4, 2], [1, 0, 0, 0, 1, 0, 0, 1]) }) }),
    names: 'row 2',
  },
  {
    kind: 'NPZ: rows that make no square',
    code: 'dataset.npz-flat',
    files: () => ({ 'a.npz': npz({ x: npy('|u1', [4, 5], pixels(4, 5)), labels }) }),
    names: '5',
  },
  {
    kind: 'Parquet: no such file',
    code: 'dataset.parquet-damaged',
    files: () => ({ 'train.parquet': Buffer.alloc(64, 1) }),
    names: 'train.parquet',
  },
  {
    kind: 'Parquet: other columns',
    code: 'dataset.parquet-columns',
    files: () => ({ 'train.parquet': parquet([{ name: 'text', data: ['a'], type: 'STRING' }]) }),
    names: 'text',
  },
  {
    kind: 'Parquet: a picture that is not in the file',
    code: 'dataset.parquet-picture',
    files: async () => ({
      'train.parquet': parquet([
        { name: 'image', data: [await png(), null], type: 'BYTE_ARRAY', nullable: true },
        { name: 'label', data: [0, 1], type: 'INT32' },
      ]),
    }),
    names: 'row 2',
  },
  {
    kind: 'pictures without folders of classes',
    code: 'dataset.no-class-folders',
    files: async () => ({ 'a/1.png': await png(), 'a/2.png': await png(2) }),
    names: '2',
  },
  {
    kind: 'a picture of no bytes',
    code: 'dataset.picture-empty',
    files: () => folderWith('b/3.png', ''),
    names: 'b/3.png',
  },
  {
    kind: 'a picture that is cut short',
    code: 'dataset.picture-damaged',
    files: async () => folderWith('b/3.png', trailer(await png(), 30)),
    names: 'b/3.png',
  },
  {
    kind: 'a text that is called a picture',
    code: 'dataset.picture-none',
    files: () => folderWith('b/3.png', 'no picture'),
    names: 'b/3.png',
  },
  {
    kind: 'a drawing (SVG) that is called a picture',
    code: 'dataset.picture-kind',
    files: () => folderWith('b/3.png', '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>'),
    names: 'b/3.png',
  },
  {
    kind: 'a picture of 10,000 million pixels',
    code: 'dataset.picture-pixels',
    files: async () => {
      const huge = Buffer.from(await png());
      huge.writeUInt32BE(100_000, 16);
      huge.writeUInt32BE(100_000, 20);
      return folderWith('b/3.png', huge);
    },
    names: 'b/3.png',
  },
  {
    kind: 'a zip that is cut short',
    code: 'dataset.archive-damaged',
    files: () => ({ 'x.zip': trailer(zipSync({ 'a/1.png': new Uint8Array(90) }), 30) }),
    path: 'x.zip',
    names: 'x.zip',
  },
  {
    kind: 'a zip that is encrypted',
    code: 'dataset.archive-encrypted',
    files: () => ({ 'x.zip': encrypted() }),
    path: 'x.zip',
    names: 'a/1.png',
  },
  {
    kind: 'a zip with a member outside of it',
    code: 'dataset.archive-path',
    files: () => ({ 'x.zip': zipSync({ '../a/1.png': new Uint8Array(9) }) }),
    path: 'x.zip',
    names: '../a/1.png',
  },
  {
    kind: 'a tar with an absolute name',
    code: 'dataset.archive-path',
    files: async () => ({ 'x.tar': await tar({ name: '/a/1.png' }) }),
    path: 'x.tar',
    names: '/a/1.png',
  },
  {
    kind: 'a tar with a link',
    code: 'dataset.archive-link',
    files: async () => ({
      'x.tar': await tar({ name: 'a/1.png', type: 'symlink', linkname: '/etc/passwd' }),
    }),
    path: 'x.tar',
    names: 'a/1.png',
  },
  {
    kind: 'a path that is not there',
    code: 'dataset.not-there',
    files: () => ({}),
    path: 'nothing',
    names: 'nothing',
  },
];

let sets: string;
let source: string;
beforeEach(() => {
  [sets, source] = [temporaryFolder(), temporaryFolder()];
});
afterEach(() => {
  setLanguage('en');
  removeFolder(sets);
  removeFolder(source);
});

test.each(kinds)('$kind', async ({ code, files, path, names }) => {
  writeFiles(source, await files());
  const error: unknown = await importInto(sets, path === undefined ? source : join(source, path)).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Problem))
    throw error instanceof Error ? error : new Error('the import went through');
  expect(error.code).toBe(code);
  expect(error.message).toContain(names);
  expect(left(sets)).toEqual([]);
  // Its Chinese words have all that they name, and so do not fall back on the English ones.
  setLanguage('zh-CN');
  expect(inLanguage(toProblemRecord(error))).toMatch(/[\u4e00-\u9fff]/);
});

test('there are 40 kinds and more, all of them in docs/data.md with the words of their errors', () => {
  expect(kinds.length).toBeGreaterThanOrEqual(40);
  const table = readFileSync(new URL('../../docs/data.md', import.meta.url), 'utf8');
  const rows = [...table.matchAll(/^\| (.+?) \| `([a-z-]+\.[a-z-]+)` \|/gm)].map(
    ([, kind, code]) => `${kind}: ${code}`,
  );
  expect(rows).toEqual(kinds.map(({ kind, code }) => `${kind}: ${code}`));
  const words: Record<string, unknown> = { ...chinese, ...chineseModels, ...chineseProblems };
  for (const { code } of kinds) expect(words).toHaveProperty([`problem.${code}`]);
});
