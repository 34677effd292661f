/** Imports into a folder of its own, without a lab around it, and reads back what was written. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { prepareSet } from '../../src/main/datasets/import/importDataset.ts';
import { type Imported, publishSet } from '../../src/main/datasets/import/publish.ts';
import { withStaging } from '../../src/main/datasets/import/staging.ts';
import { type ImportRecord, importOptionsSchema } from '../../src/shared/datasets/importing.ts';
import type { z } from 'zod';

type Options = z.input<typeof importOptionsSchema>;

export function importInto(folder: string, path: string, options: Options = {}): Promise<Imported> {
  return withStaging(folder, 'a-test', async (staging) => {
    const prepared = await prepareSet(
      { staging, path, options: importOptionsSchema.parse(options) },
      { signal: new AbortController().signal, progress: () => undefined },
    );
    return publishSet(folder, staging, prepared, { naming: (wanted) => wanted, has: () => false });
  });
}

export interface Stored {
  readonly record: ImportRecord;
  readonly train: readonly Uint8Array[];
  readonly test: readonly Uint8Array[];
  readonly trainLabels: readonly number[];
  readonly testLabels: readonly number[];
}

export async function imported(folder: string, path: string, options: Options = {}): Promise<Stored> {
  const { record } = await importInto(folder, path, options);
  const { hash, height, width, channels } = record.summary;
  const each = height * width * channels;
  const images = (part: string) => {
    const bytes = readFileSync(join(folder, hash, `${part}-images-idx-ubyte`)).subarray(
      channels === 1 ? 16 : 20,
    );
    return Array.from({ length: bytes.length / each }, (_, i) => bytes.subarray(i * each, (i + 1) * each));
  };
  const labels = (part: string) => [
    ...readFileSync(join(folder, hash, `${part}-labels-idx-ubyte`)).subarray(8),
  ];
  return {
    record,
    ...{ train: images('train'), test: images('test') },
    ...{ trainLabels: labels('train'), testLabels: labels('test') },
  };
}

export const codesOf = ({ record }: Stored) => record.report.notes.map(({ code }) => code);

/** What lies in the folder of sets, hidden files, too. */
export const left = (folder: string) => readdirSync(folder);
