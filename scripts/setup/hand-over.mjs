/**
 * Runs the program after set-up: the child has the terminal to itself, and this process only waits and passes
 * on its exit status. Its stderr passes through here, so that native-notes.mjs can filter it.
 *
 * The terminal sends Ctrl-C to the child directly, because it is in the foreground group; npm sends the same
 * signal to this process again, which must not be forwarded (the child may take a second one for "at once").
 * Without a terminal nobody else signals the child, so signals are forwarded. When npm itself is ended, it
 * ends only the shell between it and this process; the shell's disappearance is then the only sign.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { spoken } from './language.mjs';
import { childEnvironment, NoteFilter } from './native-notes.mjs';

/**
 * Milliseconds to wait for further output after the end; a grandchild that keeps the pipe open (a browser) is
 * not waited for.
 */
const LAST_WORDS_MS = 500;

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Signals that end a program abnormally: through a fault in native code, or by the system when memory runs
 * out.
 */
const CRASHES = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGKILL']);

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} End */

/**
 * Runs a program in this terminal until it ends.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<End>}
 */
export async function attend(command, args, options = {}) {
  const child = spawn(command, args, {
    ...options,
    env: { ...process.env, ...childEnvironment },
    stdio: ['inherit', 'inherit', 'pipe'],
  });
  const words = new NoteFilter();
  child.stderr?.pipe(words).pipe(process.stderr);
  const said = new Promise((resolve) => words.on('end', resolve));
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => {
    if (signal === 'SIGTERM' || !terminal) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, passOn);
  const shell = process.ppid;
  const watch =
    process.env['npm_lifecycle_event'] && process.platform !== 'win32'
      ? setInterval(() => process.ppid !== shell && child.kill('SIGTERM'), 500)
      : undefined;
  try {
    /** @type {End} */
    const end = await new Promise((resolve) => {
      child.on('error', (error) => {
        const { code } = /** @type {NodeJS.ErrnoException} */ (error);
        const text =
          code === 'EMFILE' || code === 'ENFILE'
            ? 'The system lets this program open no more files; raise the limit: ulimit -n 1024'
            : `${command} could not be started: ${error.message}`;
        process.stderr.write(`${spoken(text)}\n`);
        words.end();
        resolve({ code: 1, signal: null });
      });
      child.on('exit', (code, signal) => resolve({ code, signal }));
    });
    const silence = new Promise((resolve) => {
      // While a slow reader has left no room, there may be more to say.
      const timer = setTimeout(
        () => (process.stderr.writableNeedDrain ? timer.refresh() : resolve(undefined)),
        LAST_WORDS_MS,
      );
      words.on('data', () => timer.refresh());
    });
    await Promise.race([said, silence]);
    // What a pipe has no room for yet would be lost when this process ends.
    await new Promise((resolve) => process.stderr.write('', resolve));
    return end;
  } finally {
    clearInterval(watch);
    for (const signal of SIGNALS) process.off(signal, passOn);
  }
}

/**
 * Runs a program in this terminal, and ends this process with the same status.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<never>}
 */
export async function handOver(command, args, options) {
  const { code, signal } = await attend(command, args, options);
  if (signal && CRASHES.has(signal)) {
    process.stderr.write(
      `${spoken(`Stride was ended by ${signal}. The next start says what it was doing; runs go on from their checkpoints.`)}\n`,
    );
  }
  if (signal) {
    process.kill(process.pid, signal);
    await new Promise((resolve) => setTimeout(resolve, 1000)); // The signal arrives in the meantime.
  }
  process.exit(code ?? 1);
}
