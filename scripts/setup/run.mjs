/**
 * Child processes of set-up: they run quietly, the end of their output is kept for errors, their time is
 * limited, and an interrupt kills the process group of each, so that no pip or compiler remains in the
 * background.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { Interrupted, SetupError } from './errors.mjs';

/** Number of characters of a child's output that are kept. */
const KEPT = 20_000;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
/** @type {Interrupted | undefined} */
let interrupted;
/** @type {Set<() => void>} */
const cleanups = new Set();

/**
 * @typedef {object} Result
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {string} output the end of stdout and stderr together, as they came
 * @property {string} stdout
 * @property {boolean} timedOut
 * @property {Error | undefined} error the program could not be started at all
 */

/**
 * @typedef {object} Options
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] the child's whole environment
 * @property {number} [timeoutMs]
 * @property {{ ms: number, sign: () => number }} [stall] ends the program when the sign of life has not changed for this long
 * @property {() => void} [onTick] called about twice a second while it runs
 * @property {(line: string) => void} [onLine] each line of its stdout
 */

/**
 * Runs a program until it ends. Never rejects because of the program's result; rejects with Interrupted on
 * Ctrl-C.
 * @param {string} command
 * @param {string[]} args
 * @param {Options} [options]
 * @returns {Promise<Result>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    if (interrupted) {
      reject(interrupted);
      return;
    }
    const posix = process.platform !== 'win32';
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that its children can be ended with it
      detached: posix,
      windowsHide: true,
      // npm and similar programs are .cmd files on Windows, which only a shell can start.
      shell: !posix && /\.cmd$/i.test(command),
    });
    running.add(child);
    let output = '';
    let stdout = '';
    let line = '';
    let timedOut = false;
    /** @type {Error | undefined} */
    let error;
    /** @param {string} text */
    const keep = (text) => {
      output = (output + text).slice(-KEPT);
    };
    // There are no streams if the system did not allow the program to be started.
    child.stdout?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      keep(text);
      stdout = (stdout + text).slice(-KEPT);
      if (!options.onLine) return;
      const lines = (line + text).split(/\r?\n/);
      line = lines.pop() ?? '';
      lines.forEach(options.onLine);
    });
    child.stderr?.setEncoding('utf8').on('data', keep);
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            kill(child);
          }, options.timeoutMs);
    let alive = { sign: options.stall?.sign(), at: Date.now() };
    const tick = setInterval(() => {
      options.onTick?.();
      if (!options.stall) return;
      const sign = options.stall.sign();
      if (sign !== alive.sign) alive = { sign, at: Date.now() };
      if (Date.now() - alive.at < options.stall.ms) return;
      timedOut = true;
      kill(child);
    }, 500);
    child.on('error', (problem) => {
      error = problem;
      finish(null, null);
    });
    child.on('close', finish);
    /** @param {number | null} code @param {NodeJS.Signals | null} signal */
    function finish(code, signal) {
      clearTimeout(timer);
      clearInterval(tick);
      running.delete(child);
      const reason = /** @type {NodeJS.ErrnoException | undefined} */ (error)?.code;
      if (interrupted) reject(interrupted);
      // This is not the program's fault, because nothing else can be started either.
      else if (error && (reason === 'EMFILE' || reason === 'ENFILE')) reject(error);
      else resolve({ code, signal, output, stdout, timedOut, error });
    }
  });
}

/**
 * Runs a program that must succeed.
 * @param {string} what as in "npm ci", for the error
 * @param {string} command
 * @param {string[]} args
 * @param {Options} [options]
 */
export async function mustRun(what, command, args, options) {
  const result = await run(command, args, options);
  if (result.code === 0) return result;
  const why = result.error
    ? `could not be started (${result.error.message})`
    : result.timedOut
      ? `did not end within ${Math.round((options?.timeoutMs ?? 0) / 1000)} s`
      : result.signal
        ? `was ended by ${result.signal}`
        : `failed (exit code ${result.code})`;
  throw new SetupError(`${what} ${why}.`, result.output);
}

/**
 * Returns an environment in which tools print no colours, for output that is kept rather than shown.
 * FORCE_COLOR is removed, because many tools take any value of it, even 0, for yes.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function withoutColours(env) {
  const { FORCE_COLOR: _, ...rest } = env;
  return { ...rest, NO_COLOR: '1' };
}

/**
 * Registers an undo for an interrupt of set-up before `forget` is called: of a temporary folder or a lock.
 * @param {() => void} undo
 * @returns {() => void} forget
 */
export function onInterrupt(undo) {
  cleanups.add(undo);
  return () => cleanups.delete(undo);
}

/** Throws if an interrupt has occurred; this process' own long loops call it. */
export function checkInterrupt() {
  if (interrupted) throw interrupted;
}

/** Ends every child at an interrupt, and lets the running step fail with Interrupted. */
export function handleInterrupts() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // npm forwards a Ctrl-C that the terminal has already sent, so the second one is ignored.
      if (interrupted) return;
      interrupted = new Interrupted(signal);
      for (const child of running) kill(child);
      for (const undo of cleanups) undo();
    });
  }
}

/** Restores the default effect of signals. */
export function releaseInterrupts() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
}

/** @param {import('node:child_process').ChildProcess} child */
function kill(child) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') {
      spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true });
    } else {
      process.kill(-child.pid, 'SIGKILL');
    }
  } catch {
    // It has ended meanwhile.
  }
}
