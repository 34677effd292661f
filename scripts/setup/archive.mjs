/**
 * The official libtensorflow archive, for platforms without a suitable wheel and for machines without pip. It
 * is older (2.9.1, and 2.7 on ARM), but comes with a compiled addon, so no compiler is needed. The archive is
 * downloaded here, checked against a pinned hash, and unpacked to where tfjs-node's own installer would put
 * it; the installer then finds it and downloads the addon. TFJS_NODE_CDN_STORAGE names a mirror, as for the
 * installer itself.
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { addonFile, lastLines, packageFolder, probeAddon } from './addon.mjs';
import { SetupError } from './errors.mjs';
import { sha256Of } from './library.mjs';
import { withLock } from './lock.mjs';
import { markPrepared, prepareLibraries } from './own-names.mjs';
import { nodePath } from './node.mjs';
import { mustRun, onInterrupt, run } from './run.mjs';

/** @typedef {import('./context.mjs').Context} Context */

const HOST = 'https://storage.googleapis.com/';
const RELEASE = 'tensorflow/libtensorflow/libtensorflow-cpu-';
const DOWNLOAD_MS = 15 * 60_000;

/**
 * Archives that tfjs-node 4.22's installer downloads (its scripts/install.js and deps-constants.js). The
 * hashes are those that nixpkgs (mjolnir), wamuir/graft and microsoft/DirectML pin for the same files.
 * @type {Record<string, { path: string, version: string, sha256: string }>}
 */
export const ARCHIVES = {
  'linux-x64': {
    path: `${RELEASE}linux-x86_64-2.9.1.tar.gz`,
    version: '2.9.1',
    sha256: '7f510d2546e3db5e10b1d119463689003d587842892ad3c95bca51cf82820173',
  },
  'linux-arm64': {
    path: 'tf-builds/libtensorflow_r2_7_linux_arm64.tar.gz',
    version: '2.7',
    sha256: '9395d1ff39f5b6847f5121e679ff4e599dc7061a2a7f87ceac061c78e908e6e3',
  },
  'darwin-x64': {
    path: `${RELEASE}darwin-x86_64-2.9.1.tar.gz`,
    version: '2.9.1',
    sha256: '56f83d3320ba0f69aaafd6c058645e1b7fbc75fb9a3fc36d6be98de1291ca226',
  },
  'darwin-arm64': {
    path: 'tf-builds/libtensorflow_r2_7_darwin_arm64_cpu.tar.gz',
    version: '2.7',
    sha256: '13ab22b97e2af06e431aaeb7b42fb89981965dd01aa16da035d8210aa4183d79',
  },
  'win32-x64': {
    path: `${RELEASE}windows-x86_64-2.9.1.zip`,
    version: '2.9.1',
    sha256: '56fa7e84c984144311563b405bd0e565568f3cbe2c15ac4713e9c8174a02b00f',
  },
};

/**
 * @param {Context} context
 * @param {import('./report.mjs').Line} line
 * @returns {Promise<{ version: string, library: string }>}
 */
export async function installArchive(context, line) {
  const archive = ARCHIVES[context.target];
  if (!archive) throw new SetupError(`There is no libtensorflow for ${context.target}.`);
  const file = await fetchArchive(context, archive, line);
  line.progress(undefined, 'unpacking the library');
  const folder = packageFolder(context);
  const deps = path.join(folder, 'deps');
  const temporary = `${deps}.${process.pid}`;
  fs.rmSync(temporary, { recursive: true, force: true });
  fs.mkdirSync(temporary);
  // Windows' tar can read zip files too.
  await mustRun('tar', 'tar', ['-xf', file, '-C', temporary]);
  arrangeForWindows(temporary, context);
  giveOwnNames(temporary, context);
  fs.rmSync(deps, { recursive: true, force: true });
  fs.renameSync(temporary, deps);

  line.progress(undefined, 'fetching the addon');
  const node = nodePath(context);
  const result = await run(node, ['scripts/install.js'], {
    cwd: folder,
    env: {
      ...context.env,
      // The installer calls node-pre-gyp and node by name.
      PATH: [path.join(context.modules, '.bin'), path.dirname(node), context.env['PATH']].join(
        path.delimiter,
      ),
    },
    timeoutMs: DOWNLOAD_MS,
  });
  const addon = addonFile(context);
  if (context.platform === 'win32' && fs.existsSync(addon)) {
    // Under a Node newer than the package, the installer puts it into the folder of another N-API version.
    fs.copyFileSync(
      path.join(deps, 'lib', 'tensorflow.dll'),
      path.join(path.dirname(addon), 'tensorflow.dll'),
    );
  }
  if (!fs.existsSync(addon))
    throw new SetupError('tfjs-node could not fetch its addon.', lastLines(result.output));
  line.progress(undefined, 'loading the library');
  const probe = await probeAddon(context);
  if (!probe.version) throw new SetupError('The tfjs-node addon does not load.', probe.why);
  return { version: probe.version, library: path.join(deps, 'lib') };
}

/**
 * @param {Context} context
 * @param {{ path: string, sha256: string, version: string }} archive
 * @param {import('./report.mjs').Line} line
 * @returns {Promise<string>} the archive, in the cache
 */
async function fetchArchive(context, archive, line) {
  const file = path.join(context.cache, path.basename(archive.path));
  // The file gets this name only after its hash was checked.
  if (fs.existsSync(file)) return file;
  return withLock(`${file}.lock`, async () => {
    if (fs.existsSync(file)) return file;
    const url = `${context.env['TFJS_NODE_CDN_STORAGE'] ?? HOST}${archive.path}`;
    const partial = `${file}.partial`;
    const forget = onInterrupt(() => fs.rmSync(partial, { force: true }));
    try {
      const what = `downloading libtensorflow ${archive.version}`;
      line.progress(undefined, what);
      const options = [
        '--fail',
        '--silent',
        '--show-error',
        '--location',
        '--connect-timeout',
        '20',
        '--retry',
        '2',
      ];
      const result = await run('curl', [...options, '--output', partial, url], {
        env: context.env,
        timeoutMs: DOWNLOAD_MS,
        onTick: () => {
          const bytes = fs.statSync(partial, { throwIfNoEntry: false })?.size ?? 0;
          if (bytes > 0) line.progress(undefined, `${what}: ${Math.round(bytes / 1e6)} MB`);
        },
      });
      if (result.code !== 0) {
        const why = result.error ? 'curl was not found' : lastLines(result.output, 2);
        throw new SetupError(`libtensorflow could not be fetched from ${new URL(url).host} (${why}).`);
      }
      const found = await sha256Of(partial);
      if (found !== archive.sha256) {
        throw new SetupError(
          `${url} is not the file that was expected: its SHA-256 is ${found}, it should be ${archive.sha256}.`,
        );
      }
      fs.renameSync(partial, file);
    } finally {
      forget();
      fs.rmSync(partial, { force: true });
    }
    return file;
  });
}

/**
 * Moves the library of a Windows archive that has it at the top level to lib, where the installer expects it.
 * @param {string} deps
 * @param {Context} context
 */
function arrangeForWindows(deps, context) {
  const top = path.join(deps, 'tensorflow.dll');
  if (context.platform !== 'win32' || !fs.existsSync(top)) return;
  fs.mkdirSync(path.join(deps, 'lib'), { recursive: true });
  fs.renameSync(top, path.join(deps, 'lib', 'tensorflow.dll'));
}

/**
 * Renames the library's symbols. If that fails, the browser and the terminal host can use the library anyway:
 * it gets no mark, and the desktop program reports why it does not train.
 * @param {string} deps
 * @param {Context} context
 */
function giveOwnNames(deps, context) {
  if (context.platform !== 'linux') return;
  try {
    prepareLibraries(path.join(deps, 'lib'));
    markPrepared(deps);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message} Nets cannot be trained in the desktop window.\n`);
  }
}
