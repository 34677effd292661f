/**
 * A table of pixels with a column of labels, such as Kaggle's digit recognizer (`label,pixel0,…`) and similar
 * ones without a header. Papa Parse handles quotes, separators, line ends and a byte order mark.
 */
import { createReadStream } from 'node:fs';
import papa from 'papaparse';
import { Problem } from '../../../shared/base/problem.ts';
import { baseName } from '../source/source.ts';
import { type UnpackedFile, unpacked } from '../source/unpack.ts';
import type { Format, ImageForm, ImageSink, Part, ReadContext } from './format.ts';
import { type PixelRange, pixelRange, squareOf, toByte } from './pixelRange.ts';

interface Table {
  readonly file: UnpackedFile;
  readonly hasHeader: boolean;
  readonly columns: number;
  /** Index of the label column; null if the table has only pixels. */
  readonly labelColumn: number | null;
  readonly range: PixelRange;
  /** Approximate number of rows, estimated from the length of the first ones. */
  readonly rows: number;
}

const labelNames = /^(label|labels|class|target|y|digit)$/i;
const sampledRows = 200;

export const csvFormat: Format = {
  id: 'csv',
  async recognise(context) {
    const { source, options, note } = context;
    const files = source.files.filter(({ name }) => /\.(csv|tsv)(\.gz)?$/i.test(name));
    if (files.length === 0) return null;
    const tables: Table[] = [];
    for (const file of files) {
      const table = await survey(await unpacked(file, context), context.signal, options.size);
      if (table.labelColumn === null && files.length > 1)
        note(
          new Problem('dataset.note-no-labels', `${file.name} has no labels and was left out`, {
            file: file.name,
          }),
        );
      else tables.push(table);
    }
    const { train, test } = divide(tables);
    const form = formOf(train, options.size);
    if (test && test.columns !== train.columns)
      throw otherColumns(test.file.name, 1, test.columns, train.columns);
    return {
      format: 'csv',
      form,
      classes: null,
      name: null,
      counts: { train: train.rows, test: test?.rows ?? 0 },
      ignored: source.files.length - tables.length + source.ignored,
      async read(sink) {
        await readTable('train', train, form, sink, context);
        if (test) await readTable('test', test, form, sink, context);
      },
    };
  },
};

function divide(tables: readonly Table[]): { train: Table; test: Table | null } {
  const isTest = ({ file }: Table) => /test|val/i.test(baseName(file.name));
  const [train, test] = [tables.filter((table) => !isTest(table)), tables.filter(isTest)];
  const only = tables.length === 1 ? tables[0] : undefined;
  const first = only ?? train[0];
  if (!first || first.labelColumn === null) {
    throw new Problem(
      'dataset.csv-no-label',
      `${tables[0]?.file.name ?? 'the table'} has no column of labels; a column named "label", or labels before the pixels, would be right`,
      { file: tables[0]?.file.name ?? '' },
    );
  }
  if (!only && (train.length > 1 || test.length > 1)) {
    throw new Problem(
      'dataset.csv-files',
      `${tables.length} tables were found; one to train with and one with "test" in its name would be right`,
      { count: tables.length },
    );
  }
  return { train: first, test: only ? null : (test[0] ?? null) };
}

/** Yields the rows of a table with their numbers, counted from 1, without an empty last one. */
async function* rowsOf(
  file: UnpackedFile,
  signal: AbortSignal,
): AsyncGenerator<{ cells: string[]; row: number }> {
  const from = createReadStream(file.path, { encoding: 'utf8', highWaterMark: 1 << 18 });
  const parser = papa.parse(papa.NODE_STREAM_INPUT, { skipEmptyLines: true });
  from.on('error', (error) => parser.destroy(error));
  from.pipe(parser);
  let row = 0;
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      signal.throwIfAborted();
      row += 1;
      if (row === 1 && cells[0]) cells[0] = cells[0].replace(/^\ufeff/, '');
      yield { cells, row };
    }
  } finally {
    from.destroy();
    parser.destroy();
  }
}

async function survey(
  file: UnpackedFile,
  signal: AbortSignal,
  size: { width: number; height: number } | undefined,
): Promise<Table> {
  const rows: string[][] = [];
  let bytes = 0;
  for await (const { cells } of rowsOf(file, signal)) {
    rows.push(cells);
    bytes += cells.reduce((sum, cell) => sum + cell.length + 1, 0);
    if (rows.length === sampledRows) break;
  }
  const [first] = rows;
  if (!first) throw new Problem('dataset.csv-empty', `${file.name} has no rows`, { file: file.name });
  const hasHeader = first.some((cell) => cell.trim() !== '' && !Number.isFinite(Number(cell)));
  const named = hasHeader ? first.findIndex((cell) => labelNames.test(cell.trim())) : -1;
  const columns = first.length;
  const fits = (pixels: number) =>
    squareOf(pixels) !== null || (size !== undefined && pixels % (size.width * size.height) === 0);
  const labelColumn = named >= 0 ? named : fits(columns - 1) && !fits(columns) ? 0 : null;
  if (labelColumn === null && !fits(columns)) {
    throw new Problem(
      'dataset.csv-columns',
      `${file.name} has ${columns} columns; a label and the pixels of a square image, such as 785, would be right, or give the size`,
      { file: file.name, columns },
    );
  }
  const data = rows.slice(hasHeader ? 1 : 0);
  if (data.length === 0)
    throw new Problem('dataset.csv-empty', `${file.name} has no rows`, { file: file.name });
  const range = pixelRange(data.flatMap((cells) => cells.filter((_, i) => i !== labelColumn).map(Number)));
  return {
    file,
    hasHeader,
    columns,
    labelColumn,
    range,
    rows: Math.max(data.length, Math.round((file.size / bytes) * rows.length)),
  };
}

function formOf({ file, columns }: Table, size: { width: number; height: number } | undefined): ImageForm {
  const pixels = columns - 1;
  const channels = size ? pixels / (size.width * size.height) : 0;
  if (size && (channels === 1 || channels === 3)) return { ...size, channels };
  const square = squareOf(pixels);
  if (square) return { height: square.side, width: square.side, channels: square.channels };
  throw new Problem(
    'dataset.csv-columns',
    `${file.name} has ${columns} columns; a label and the pixels of a square image, such as 785, would be right, or give the size`,
    { file: file.name, columns },
  );
}

function otherColumns(file: string, row: number, columns: number, expected: number): Problem {
  return new Problem(
    'dataset.csv-row',
    `${file}, row ${row}: there are ${columns} columns, where ${expected} would be right`,
    {
      ...{ file, row, columns, expected },
    },
  );
}

async function readTable(
  part: Part,
  { file, hasHeader, columns, labelColumn, range }: Table,
  { height, width, channels }: ImageForm,
  sink: ImageSink,
  { signal }: ReadContext,
): Promise<void> {
  const pixels = new Uint8Array(height * width * channels);
  for await (const { cells, row } of rowsOf(file, signal)) {
    if (hasHeader && row === 1) continue;
    const origin = `${file.name}, row ${row}`;
    if (cells.length !== columns) throw otherColumns(file.name, row, cells.length, columns);
    let at = 0;
    for (let column = 0; column < columns; column += 1) {
      if (column === labelColumn) continue;
      const cell = cells[column] as string;
      const value = cell.trim() === '' ? NaN : Number(cell);
      if (Number.isNaN(value)) throw noNumber(file.name, row, column + 1, cell);
      pixels[at] = toByte(value, range, origin);
      at += 1;
    }
    await sink.add(part, pixels, labelOf(cells[labelColumn ?? 0] as string, origin), origin);
  }
}

function noNumber(file: string, row: number, column: number, cell: string): Problem {
  const value = cell.length > 40 ? `${cell.slice(0, 40)}…` : cell;
  return new Problem('dataset.csv-value', `${file}, row ${row}, column ${column}: "${value}" is no number`, {
    ...{ file, row, column, value },
  });
}

/** Returns a number or the name of a class. */
function labelOf(cell: string, origin: string): number | string {
  const text = cell.trim();
  if (text === '') throw new Problem('dataset.label-missing', `${origin}: the label is missing`, { origin });
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}
