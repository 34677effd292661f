/** Damaged input: CIFAR's records and pickles, CSV, NPZ and Parquet. */
import { cifarPickle, cifarRecords, npy, pixels } from '../datasetFiles.ts';
import { type Kind, png, npz, labels, images, csv, parquet, trailer } from './kind.ts';

export const tableKinds: readonly Kind[] = [
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
];
