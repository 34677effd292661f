/** The formats in the order in which they are tried: the most clearly recognisable ones first. */
import { cifarFormat } from './cifar.ts';
import { cifarPythonFormat } from './cifarPython.ts';
import { csvFormat } from './csv.ts';
import { folderFormat } from './folder.ts';
import type { Format } from './format.ts';
import { idxFormat } from './idx.ts';
import { npzFormat } from './npz.ts';
import { parquetFormat } from './parquet.ts';

export const formats: readonly Format[] = [
  parquetFormat,
  npzFormat,
  cifarFormat,
  cifarPythonFormat,
  folderFormat,
  csvFormat,
  idxFormat,
];
