/** The record beside an imported set's files, `dataset.json`. */
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type ImportRecord, importRecordSchema } from '../../shared/datasets/importing.ts';

const fileName = 'dataset.json';

/** Writes the record atomically. */
export async function writeRecord(folder: string, record: ImportRecord): Promise<void> {
  const path = join(folder, fileName);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(record, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

/** Returns null if there is none or it cannot be read. */
export async function readRecord(folder: string): Promise<ImportRecord | null> {
  try {
    const parsed = importRecordSchema.safeParse(JSON.parse(await readFile(join(folder, fileName), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
