/** Damaged input: IDX files, gzip, and labels and sizes that no format may have. */
import { gzipSync } from 'node:zlib';
import { idx, pixels } from '../datasetFiles.ts';
import { type Kind, small, idxWith, trailer } from './kind.ts';

export const idxKinds: readonly Kind[] = [
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
];
