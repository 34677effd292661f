/**
 * Runs the program after set-up: the child has the terminal to itself, and this process only waits and passes on how it
 * ended.
 *
 * Ctrl-C reaches the child by itself, because it is in the terminal's foreground group; npm hands the same signal on to
 * this process a second time, which must not reach the child twice (it may take the second one for "at once"). Without a
 * terminal nobody else tells the child, so signals are passed on. When npm itself is ended, it ends the shell between it
 * and this process and nothing else; that the shell is gone is then the only sign.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { childEnvironment, NoteFilter } from './native-notes.mjs';

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
  if (process.env['npm_lifecycle_event'] && process.platform !== 'win32') {
    const shell = process.ppid;
    setInterval(() => {
      if (process.ppid !== shell) child.kill('SIGTERM');
    }, 500).unref();
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
