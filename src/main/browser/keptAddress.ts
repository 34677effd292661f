/**
 * What a window that was let in once needs to find the lab again after a restart: the port, and the secret of its cookie.
 * Kept in the lab's folder, in a file that only its owner can read. The token in the printed address is not kept: it is
 * new at each start.
 */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.strictObject({
  port: z.int().min(1).max(65_535),
  session: z.string().regex(/^[\w-]{43}$/),
});
export type KeptAddress = z.infer<typeof schema>;

const fileOf = (home: string) => join(home, 'browser.json');

/** Undefined where none was kept, and where the file is not one of Stride's: then a new one takes its place. */
export function readKeptAddress(home: string): KeptAddress | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(fileOf(home), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Throws what the file system says against it. */
export function keepAddress(home: string, address: KeptAddress): void {
  const file = fileOf(home);
  writeFileSync(file, `${JSON.stringify(address)}\n`, { mode: 0o600 });
  // A file that was there before keeps the permissions it had.
  chmodSync(file, 0o600);
}
