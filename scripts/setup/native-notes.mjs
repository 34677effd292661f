/**
 * The environment of programs that load TensorFlow's library, which limits their memory, and a filter that
 * removes two lines of the library's from their stderr. When it is loaded, it reports in words that look like
 * a warning that oneDNN is on, which no setting turns off.
 */
import os from 'node:os';
import process from 'node:process';
import { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const MIB = 2 ** 20;

/**
 * glibc's malloc. By default every new thread gets a heap of its own, where freed memory is kept, so that a
 * process would grow with each training worker; hence the number of heaps is limited. One heap per core is
 * not enough: two computing threads may share one and wait for each other all the time; with two heaps on two
 * cores every third process trained a fifth slower.
 *
 * A step's maps are well below 4 MiB and stay in a heap, which returns memory to the system only when 64 MiB
 * are free; an evaluation's larger maps, which every heap would keep, are mapped and returned. glibc adjusts
 * neither threshold once it is set explicitly.
 */
const malloc = {
  MALLOC_ARENA_MAX: os.availableParallelism() + 1,
  MALLOC_MMAP_THRESHOLD_: 4 * MIB,
  MALLOC_TRIM_THRESHOLD_: 64 * MIB,
};

/** @type {Record<string, string>} */
export const childEnvironment = Object.fromEntries(
  Object.entries(malloc).map(([name, value]) => [name, process.env[name] ?? String(value)]),
);

const notes = [
  /^WARNING: All log messages before absl::InitializeLog\(\) is called are written to STDERR$/,
  /^I0000 .*oneDNN custom operations are on/,
];
/** Beginnings of the lines that are removed. */
const beginnings = ['WARNING: All log', 'I0000 '];

/** Passes bytes on at once, except whole lines that are such notes. */
export class NoteFilter extends Transform {
  #held = '';
  /** A character may be split over two chunks. */
  #decoder = new StringDecoder('utf8');

  constructor() {
    super({ decodeStrings: false });
    this.setDefaultEncoding('utf8');
  }

  /** @override @param {Buffer | string} chunk @param {BufferEncoding} _encoding @param {() => void} done */
  _transform(chunk, _encoding, done) {
    const lines = (this.#held + (typeof chunk === 'string' ? chunk : this.#decoder.write(chunk))).split('\n');
    const last = lines.pop() ?? '';
    for (const line of lines) if (!notes.some((note) => note.test(line))) this.push(`${line}\n`);
    const mayBeNote =
      last !== '' && beginnings.some((start) => start.startsWith(last.slice(0, start.length)));
    this.#held = mayBeNote ? last : '';
    if (!mayBeNote) this.push(last);
    done();
  }

  /** @override @param {() => void} done */
  _flush(done) {
    this.push(this.#held + this.#decoder.end());
    done();
  }
}
