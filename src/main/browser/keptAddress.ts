/**
 * What the windows of a host that was killed need to find the lab again when it is started anew: the port, and the digests
 * of the sessions in their cookies. They are kept in the lab's folder, in a file that only its owner can read, and are
 * forgotten when the host ends as it should. The tokens of printed addresses are never kept.
 */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** More windows than anybody has; an old session more or less does not matter. */
const mostSessions = 64;

const schema = z.strictObject({
  port: z.int().min(1).max(65_535),
  sessions: z.array(z.string().min(32).max(128)),
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

/** Throws the file system's error where the file cannot be written. */
export function keepAddress(home: string, { port, sessions }: KeptAddress): void {
  const file = fileOf(home);
  const text = JSON.stringify({ port, sessions: sessions.slice(-mostSessions) });
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
  // A file that was there before keeps the permissions it had.
  chmodSync(file, 0o600);
}

/** Where the file cannot be removed, its sessions are still of no use: they are of a port on which nobody listens. */
export function forgetAddress(home: string): void {
  try {
    rmSync(fileOf(home), { force: true });
  } catch {
    // A disk that cannot be written, on which nothing was kept either.
  }
}
