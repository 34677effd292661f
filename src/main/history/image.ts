/**
 * Reads a database as bytes that SQLite can hold in memory, for a disk that cannot be written: SQLite itself
 * cannot even read a database with a write-ahead log there, because it keeps the log's index in a file beside
 * it.
 *
 * Changes that are committed in the log and not yet in the database are applied by SQLite's rules
 * (https://www.sqlite.org/fileformat2.html#the_write_ahead_log): frames count up to the last one that ends a
 * commit, and only while their salts match the log's and their checksums are correct.
 */
import { readFileSync } from 'node:fs';

/** Throws the file system's errors if the file cannot be read. */
export function databaseImage(path: string): Buffer {
  const image = withLog(readFileSync(path), readLog(`${path}-wal`));
  // These bytes switch the database to the mode without a log, because there is none in memory.
  if (image.length > 19) image[18] = image[19] = 1;
  return image;
}

function readLog(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

const logHeader = 32;
const frameHeader = 24;
const [littleEndian, bigEndian] = [0x377f0682, 0x377f0683];

function withLog(database: Buffer, log: Buffer): Buffer {
  if (log.length < logHeader) return database;
  const magic = log.readUInt32BE(0);
  if (magic !== littleEndian && magic !== bigEndian) return database;
  const pageSize = log.readUInt32BE(8);
  const sum = checksum(magic === bigEndian);
  if (!sum.matches(log.subarray(0, 24), log, 24)) return database;
  const salts = log.subarray(16, 24);
  const [pages, waiting] = [new Map<number, number>(), new Map<number, number>()];
  let count = 0;
  for (let at = logHeader; at + frameHeader + pageSize <= log.length; at += frameHeader + pageSize) {
    if (!log.subarray(at + 8, at + 16).equals(salts)) break;
    sum.add(log.subarray(at, at + 8));
    if (!sum.matches(log.subarray(at + frameHeader, at + frameHeader + pageSize), log, at + 16)) break;
    waiting.set(log.readUInt32BE(at), at + frameHeader);
    const committed = log.readUInt32BE(at + 4);
    if (committed === 0) continue;
    count = committed;
    for (const [page, place] of waiting) pages.set(page, place);
    waiting.clear();
  }
  if (count === 0) return database;
  const image = Buffer.alloc(count * pageSize);
  database.copy(image, 0, 0, Math.min(database.length, image.length));
  for (const [page, place] of pages)
    if (page <= count) log.copy(image, (page - 1) * pageSize, place, place + pageSize);
  return image;
}

/** Computes the log's checksum over 32-bit words in the byte order that its header specifies. */
function checksum(bigEndianWords: boolean) {
  let [a, b] = [0, 0];
  const add = (bytes: Buffer) => {
    const word = (at: number) => (bigEndianWords ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
    for (let at = 0; at < bytes.length; at += 8) {
      a = (a + word(at) + b) >>> 0;
      b = (b + word(at + 4) + a) >>> 0;
    }
  };
  return {
    add,
    /** Adds the bytes and compares the sum with the stored one. */
    matches: (bytes: Buffer, from: Buffer, place: number): boolean => {
      add(bytes);
      return from.readUInt32BE(place) === a && from.readUInt32BE(place + 4) === b;
    },
  };
}
