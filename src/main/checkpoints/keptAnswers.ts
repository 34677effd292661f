/**
 * Answers about a checkpoint that took seconds to compute, kept in the run's folder `answers` and bound to what they
 * were computed from. They can be computed again at any time, so a file that is damaged or from another source is
 * ignored.
 *
 * The file: eight bytes of magic, the SHA-256 of what follows (32 bytes), then source and answer as MessagePack.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeMessage, encodeMessage } from '../../shared/base/codec.ts';
import { privateFile, privateFolder, replace } from './disk.ts';

/** SHA-256 of a state's parameters and of the data set. */
export interface AnswerSource {
  readonly parameters: string;
  readonly dataset: string;
}

export interface KeptAnswers {
  /** Returns null if there is none from this source. */
  read(run: number, kind: string, source: AnswerSource): Promise<unknown>;
  write(run: number, kind: string, source: AnswerSource, answer: unknown): Promise<void>;
}

/** The last character is the format's version: answers of another one are computed again. */
const magic = Buffer.from('STRIDEA1');
const hashBytes = 32;
/** Number of files kept for a run, beyond which the least recently used are removed. */
const mostKept = 48;

/** Creates the functions; `folderOf` returns a run's folder. */
export function keptAnswers(folderOf: (run: number) => string): KeptAnswers {
  const folder = (run: number) => join(folderOf(run), 'answers');
  const path = (run: number, kind: string, source: AnswerSource) =>
    join(
      folder(run),
      `${kind}-${hashOf(Buffer.from(keyOf(source)))
        .toString('hex')
        .slice(0, 24)}.bin`,
    );
  return {
    read: async (run, kind, source) => {
      const file = path(run, kind, source);
      try {
        const answer = decode(await readFile(file), source);
        const now = new Date();
        // The time only decides which file goes first; a folder that cannot be written keeps its own.
        await utimes(file, now, now).catch(() => undefined);
        return answer;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    write: async (run, kind, source, answer) => {
      const file = path(run, kind, source);
      const temporary = `${file}.${process.pid}.tmp`;
      await mkdir(folder(run), { recursive: true, mode: privateFolder });
      try {
        await writeFile(temporary, encode(answer, source), { mode: privateFile });
        await replace(temporary, file);
      } finally {
        await rm(temporary, { force: true });
      }
      await removeOldest(folder(run));
    },
  };
}

const keyOf = ({ parameters, dataset }: AnswerSource) => `${parameters}/${dataset}`;
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

function encode(answer: unknown, source: AnswerSource): Buffer {
  const body = encodeMessage({ source: keyOf(source), answer });
  return Buffer.concat([magic, hashOf(body), body]);
}

/** Returns null if the file is damaged or from another source. */
function decode(file: Buffer, source: AnswerSource): unknown {
  const start = magic.length + hashBytes;
  const body = file.subarray(start);
  const whole =
    file.length > start &&
    file.subarray(0, magic.length).equals(magic) &&
    file.subarray(magic.length, start).equals(hashOf(body));
  if (!whole) return null;
  const { source: from, answer } = decodeMessage(body) as { source: unknown; answer: unknown };
  return from === keyOf(source) ? answer : null;
}

async function removeOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.bin'));
  if (names.length <= mostKept) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  );
  const old = aged.sort((a, b) => b.at - a.at).slice(mostKept);
  await Promise.all(old.map(({ name }) => rm(join(folder, name), { force: true })));
}
