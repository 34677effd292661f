/**
 * Parquet in the Hugging Face Hub's form of MNIST: a column of pictures (a struct of `bytes` and `path`, or
 * bytes) and one of labels.
 */
import { type AsyncBuffer, asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { Problem } from '../../../shared/base/problem.ts';
import { baseName } from '../source/source.ts';
import { unpacked } from '../source/unpack.ts';
import type { Format, ImageForm, ImageSink, Part, ReadContext } from './format.ts';
import { decodePicture } from './pictures.ts';

type Metadata = Awaited<ReturnType<typeof parquetMetadataAsync>>;
type Row = Readonly<Record<string, unknown>>;

interface ParquetTable {
  readonly name: string;
  readonly part: Part;
  readonly file: AsyncBuffer;
  readonly metadata: Metadata;
  readonly image: string;
  readonly label: string;
  readonly rows: number;
}

export const parquetFormat: Format = {
  id: 'parquet',
  async recognise(context) {
    const { source } = context;
    const files = source.files.filter(({ name }) => /\.parquet$/i.test(name));
    if (files.length === 0) return null;
    const tables: ParquetTable[] = [];
    for (const file of files) tables.push(await openTable(file.name, (await unpacked(file, context)).path));
    const [first] = tables as [ParquetTable];
    const count = (part: Part) => tables.reduce((sum, each) => sum + (each.part === part ? each.rows : 0), 0);
    const form = await formOf(first, context);
    return {
      format: 'parquet',
      form,
      classes: classNames(first),
      name: null,
      counts: { train: count('train'), test: count('test') },
      ignored: source.files.length - files.length + source.ignored,
      async read(sink) {
        for (const table of tables) await readTable(table, form, sink, context);
      },
    };
  },
};

async function openTable(name: string, path: string): Promise<ParquetTable> {
  const file = await asyncBufferFromFile(path);
  let metadata: Metadata;
  try {
    metadata = await parquetMetadataAsync(file);
  } catch (error) {
    throw damaged(name, error);
  }
  const columns = metadata.schema.map((element) => element.name);
  const image = columns.find((column) => /^(image|img|picture|pixels)$/i.test(column));
  const label = columns.find((column) => /^(label|labels|fine_label|class|target)$/i.test(column));
  if (image === undefined || label === undefined) {
    throw new Problem(
      'dataset.parquet-columns',
      `${name} has the columns ${columns.slice(1).join(', ')}; "image" and "label" would be right`,
      { file: name, columns: columns.slice(1).join(', ') },
    );
  }
  const part = /test|val/i.test(baseName(name)) ? 'test' : 'train';
  return { name, part, file, metadata, image, label, rows: Number(metadata.num_rows) };
}

function damaged(file: string, error: unknown): Problem {
  const reason = error instanceof Error ? error.message : String(error);
  return new Problem(
    'dataset.parquet-damaged',
    `${file} cannot be read as Parquet (${reason}); get the file again`,
    {
      file,
      reason,
    },
  );
}

/** Returns the names that Hugging Face's metadata give to the labels. */
function classNames({ metadata, label }: ParquetTable): readonly string[] | null {
  const text = metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value;
  if (text === undefined) return null;
  try {
    const { info } = JSON.parse(text) as { info?: { features?: Record<string, { names?: unknown }> } };
    const names = info?.features?.[label]?.names;
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : null;
  } catch {
    return null;
  }
}

/** Yields rows one row group at a time, so that no more than one is in memory. */
async function* rowsOf(
  table: ParquetTable,
  signal: AbortSignal,
): AsyncGenerator<{ row: Row; number: number }> {
  const { file, metadata, image, label, name } = table;
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    signal.throwIfAborted();
    const rowEnd = rowStart + Number(group.num_rows);
    let rows: Row[];
    try {
      rows = await parquetReadObjects({
        file,
        metadata,
        columns: [image, label],
        rowStart,
        rowEnd,
        compressors,
        utf8: false,
      });
    } catch (error) {
      throw damaged(name, error);
    }
    for (const [i, row] of rows.entries()) yield { row, number: rowStart + i + 1 };
    rowStart = rowEnd;
  }
}

function pictureBytes(
  { name, image }: ParquetTable,
  row: Row,
  number: number,
): { bytes: Uint8Array; origin: string } {
  const value = row[image];
  const bytes = value instanceof Uint8Array ? value : (value as { bytes?: unknown } | null)?.bytes;
  const origin = `${name}, row ${number}`;
  if (bytes instanceof Uint8Array) return { bytes, origin };
  throw new Problem(
    'dataset.parquet-picture',
    `${origin}: the picture's bytes are missing; it lies outside of this file`,
    {
      origin,
    },
  );
}

async function formOf(table: ParquetTable, { options, signal }: ReadContext): Promise<ImageForm> {
  for await (const { row, number } of rowsOf(table, signal)) {
    const { bytes, origin } = pictureBytes(table, row, number);
    const { width, height, isGrey } = await decodePicture(bytes, origin, null, options);
    const channels = options.colour === 'grey' || (options.colour === 'auto' && isGrey) ? 1 : 3;
    return { ...(options.size ?? { width, height }), channels };
  }
  throw new Problem('dataset.csv-empty', `${table.name} has no rows`, { file: table.name });
}

async function readTable(
  table: ParquetTable,
  form: ImageForm,
  sink: ImageSink,
  context: ReadContext,
): Promise<void> {
  const { options, signal } = context;
  for await (const { row, number } of rowsOf(table, signal)) {
    try {
      const { bytes, origin } = pictureBytes(table, row, number);
      const picture = await decodePicture(bytes, origin, form, options);
      sink.size(picture.width, picture.height);
      await sink.add(table.part, picture.pixels, labelOf(table, row, origin), origin);
    } catch (error) {
      if (!(error instanceof Problem) || options.damaged === 'refuse') throw error;
      sink.skip(error);
    }
  }
}

function labelOf({ label }: ParquetTable, row: Row, origin: string): number | string {
  const value = row[label];
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value);
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (typeof value === 'string') return value;
  throw new Problem('dataset.label-missing', `${origin}: the label is missing`, { origin });
}
