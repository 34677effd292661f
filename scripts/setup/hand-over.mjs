/**
 * Runs the program after set-up: the child has the terminal to itself, and this process only waits and passes on how it
 * ended.
 *
 * Ctrl-C reaches the child by itself, because it is in the terminal's foreground group; npm hands the same signal on to
 * this process a second time, which must not reach the child twice (it may take the second one for "at once"). Without a
 * terminal nobody else tells the child, so signals are passed on.
 *
 * The child's stderr passes through here for two lines' sake: TensorFlow's library says when it is loaded that oneDNN is
 * on, in words that look like a warning and that none of its settings turns off.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { Transform } from 'node:stream';

/**
 * glibc gives every new thread a heap of its own and keeps what it frees there; a process in which training workers come
 * and go would grow with each.
 */
export const childEnvironment = { MALLOC_ARENA_MAX: process.env['MALLOC_ARENA_MAX'] ?? '2' };

const notes = [
  /^WARNING: All log messages before absl::InitializeLog\(\) is called are written to STDERR$/,
  /^I0000 .*oneDNN custom operations are on/,
];
/** What such a line may begin with. */
const beginnings = ['WARNING: All log', 'I0000 '];

/** Passes bytes on as they come, but for whole lines that are such a note. */
export class NoteFilter extends Transform {
  #held = '';

  constructor() {
    super({ decodeStrings: false });
    this.setDefaultEncoding('utf8');
  }

  /** @override @param {Buffer | string} chunk @param {BufferEncoding} _encoding @param {() => void} done */
  _transform(chunk, _encoding, done) {
    const lines = (this.#held + chunk.toString()).split('\n');
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
    if (this.#held) this.push(this.#held);
    done();
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<never>} ends this process as the child ended
 */
export async function handOver(command, args, options = {}) {
  const child = spawn(command, args, {
    ...options,
    env: { ...process.env, ...childEnvironment },
    stdio: ['inherit', 'inherit', 'pipe'],
  });
  child.stderr?.pipe(new NoteFilter()).pipe(process.stderr);
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (signal === 'SIGTERM' || !terminal) child.kill(signal);
    });
  }
  const { code, signal } = await new Promise((resolve) => {
    child.on('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`);
      resolve({ code: 1, signal: null });
    });
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  if (signal) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    await new Promise((resolve) => setTimeout(resolve, 1000)); // the signal arrives in the meantime
  }
  process.exit(code ?? 1);
}
