/**
 * Runs the program after set-up: the child has the terminal to itself, and this process only waits and passes on how it
 * ended. Its stderr passes through here, for what native-notes.mjs leaves out.
 *
 * Ctrl-C reaches the child by itself, because it is in the terminal's foreground group; npm hands the same signal on to
 * this process a second time, which must not reach the child twice (it may take the second one for "at once"). Without a
 * terminal nobody else tells the child, so signals are passed on. When npm itself is ended, it ends the shell between it
 * and this process and nothing else; that the shell is gone is then the only sign.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { spoken } from './language.mjs';
import { childEnvironment, NoteFilter } from './native-notes.mjs';

/** How long nothing may come after the end; a grandchild that keeps the pipe (a browser) is not waited for. */
const LAST_WORDS_MS = 500;

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** By these a program is ended, and does not end: by a fault of native code, or by the system when memory runs out. */
const CRASHES = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGKILL']);

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} End */

/**
 * Runs a program in this terminal to its end.
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
      const timer = setTimeout(resolve, LAST_WORDS_MS);
      words.on('data', () => timer.refresh());
    });
    await Promise.race([said, silence]);
    return end;
  } finally {
    clearInterval(watch);
    for (const signal of SIGNALS) process.off(signal, passOn);
  }
}

/**
 * Runs a program in this terminal, and ends this process as it ended.
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
    await new Promise((resolve) => setTimeout(resolve, 1000)); // the signal arrives in the meantime
  }
  process.exit(code ?? 1);
}
