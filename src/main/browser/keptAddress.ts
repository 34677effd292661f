/**
 * Keeps what the windows of a killed host need to find the lab when it is restarted: the port, and digests of
 * the sessions in their cookies. They are in a file of the lab's folder that only its owner can read, and are
 * deleted when the host ends normally. The tokens of printed addresses are never kept.
 */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Largest number of kept sessions, more than anybody has windows. */
const mostSessions = 64;

const schema = z.strictObject({
  port: z.int().min(1).max(65_535),
  sessions: z.array(z.string().min(32).max(128)),
});
export type KeptAddress = z.infer<typeof schema>;

const fileOf = (home: string) => join(home, 'browser.json');

/** Returns undefined if none was kept or the file is not one of Stride's, which is then replaced. */
export function readKeptAddress(home: string): KeptAddress | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(fileOf(home), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Throws the file system's error if the file cannot be written. */
export function keepAddress(home: string, { port, sessions }: KeptAddress): void {
  const file = fileOf(home);
  const text = JSON.stringify({ port, sessions: sessions.slice(-mostSessions) });
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
  // An existing file keeps its old permissions when it is written.
  chmodSync(file, 0o600);
}

/** Removes the file. If that fails, its sessions are of no use, because nobody listens on their port. */
export function forgetAddress(home: string): void {
  try {
    rmSync(fileOf(home), { force: true });
  } catch {
    // The disk cannot be written, so nothing was kept either.
  }
}
