/**
 * How programs that load TensorFlow's library are started: with an environment that keeps their memory in bounds, and
 * with two lines of the library's left out of their stderr. It says when it is loaded that oneDNN is on, in words that
 * look like a warning and that none of its settings turns off.
 */
import os from 'node:os';
import process from 'node:process';
import { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const MIB = 2 ** 20;

/**
 * glibc's malloc. It gives every new thread a heap of its own and keeps what is freed there, so that a process in which
 * training workers come and go would grow with each: hence few heaps. As few as there are cores are too few: two threads
 * that compute may come to share one, and wait for each other all the time; with two heaps on two cores every third
 * process trained a fifth slower.
 *
 * A step's maps are well below 4 MiB and stay in a heap, which gives nothing back to the system before 64 MiB are free;
 * the larger ones of an evaluation, of which every heap would keep its own, are mapped and given back. Named by itself, neither
 * threshold moves.
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
/** What such a line may begin with. */
const beginnings = ['WARNING: All log', 'I0000 '];

/** Passes bytes on as they come, but for whole lines that are such a note. */
export class NoteFilter extends Transform {
  #held = '';
  /** A character may come in two pieces. */
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
