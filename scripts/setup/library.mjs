/**
 * libtensorflow, the engine's library, from TensorFlow's PyPI wheel, of which two libraries and fourteen
 * headers are cached for all checkouts. tfjs-node's own archive is older (2.9.1) and on a host that many
 * networks do not reach (tensorflow/tfjs#8742); archive.mjs uses it if pip cannot be used.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { writeFileWhole } from './context.mjs';
import { SetupError } from './errors.mjs';
import { withLock } from './lock.mjs';
import { PREPARATION, prepareLibraries } from './own-names.mjs';
import { downloadWheel, extract, findPip } from './python.mjs';
import { checkInterrupt, onInterrupt, run } from './run.mjs';

/** @typedef {import('./context.mjs').Context} Context */
/** @typedef {import('./report.mjs').Line} Line */

/** The pinned wheels. Files that `pip download` fetches must have this hash. */
/** @type {Record<string, import('./python.mjs').Wheel>} */
export const WHEELS = {
  'linux-x64': {
    project: 'tensorflow-cpu',
    version: '2.21.0',
    python: '3.11',
    platform: 'manylinux_2_27_x86_64',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    bytes: 273_829_956,
  },
  // For ARM, PyPI has only the package named `tensorflow`, which has no GPU code either.
  'linux-arm64': {
    project: 'tensorflow',
    version: '2.21.0',
    python: '3.11',
    platform: 'manylinux_2_27_aarch64',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
  },
};

/** Members of the wheel with their paths in the cache. */
export const MEMBERS = Object.fromEntries([
  ['tensorflow/libtensorflow_cc.so.2', 'lib/libtensorflow_cc.so.2'],
  ['tensorflow/libtensorflow_framework.so.2', 'lib/libtensorflow_framework.so.2'],
  // These headers, out of the wheel's 108 MB, are those that tfjs-node's binding includes.
  ...[
    'tensorflow/c/c_api.h',
    'tensorflow/c/c_api_macros.h',
    'tensorflow/c/eager/c_api.h',
    'tensorflow/c/tf_attrtype.h',
    'tensorflow/c/tf_buffer.h',
    'tensorflow/c/tf_datatype.h',
    'tensorflow/c/tf_status.h',
    'tensorflow/c/tf_tensor.h',
    'tensorflow/c/tf_tstring.h',
    'tensorflow/core/platform/ctstring.h',
    'tensorflow/core/platform/ctstring_internal.h',
    'xla/tsl/c/tsl_status.h',
    'tsl/platform/ctstring.h',
    'tsl/platform/ctstring_internal.h',
  ].map((header) => [`tensorflow/include/${header}`, `include/${header}`]),
]);

/** Disk space needed during extraction: the wheel, and the libraries before and after stripping. */
const NEEDED_BYTES = 1.8e9;

/**
 * Returns the path of the wheel's library in the cache, whether or not it exists yet.
 * @param {Context} context
 * @param {import('./python.mjs').Wheel} wheel
 */
export function libraryFolder(context, wheel) {
  return path.join(
    context.cache,
    `tensorflow-${wheel.version}-${context.target}-${wheel.sha256.slice(0, 12)}-${PREPARATION}`,
  );
}

/**
 * Returns whether a library folder is complete: the record is written last and has every file's size.
 * @param {string} folder
 */
export function isWhole(folder) {
  try {
    const files = /** @type {Record<string, number>} */ (
      JSON.parse(fs.readFileSync(path.join(folder, 'complete.json'), 'utf8'))
    );
    return (
      Object.keys(files).length > 0 &&
      Object.entries(files).every(([name, size]) => fs.statSync(path.join(folder, name)).size === size)
    );
  } catch {
    return false;
  }
}

/**
 * Puts the wheel's library into the cache unless it is there.
 * @param {Context} context
 * @param {Line} line
 * @param {import('./python.mjs').Wheel} wheel
 * @returns {Promise<string>} the folder with lib/ and include/
 */
export async function fetchLibrary(context, line, wheel) {
  const folder = libraryFolder(context, wheel);
  if (isWhole(folder)) return folder;
  return withLock(
    `${folder}.lock`,
    async () => {
      if (isWhole(folder)) return folder;
      const tool = await findPip(context.env);
      if (!tool)
        throw new SetupError('pip was not found, which fetches TensorFlow. Install Python 3 with pip.');
      removeLeftovers(context.cache);
      needDisk(context.cache);
      const working = path.join(context.cache, `working-${process.pid}`);
      const remove = () => fs.rmSync(working, { recursive: true, force: true });
      const forget = onInterrupt(remove);
      try {
        fs.mkdirSync(working, { recursive: true });
        const file = await downloadWheel(wheel, working, tool.pip, context.env, line.progress);
        await unpackWheel(file, wheel.sha256, path.join(working, 'library'), tool.python, line);
        fs.rmSync(folder, { recursive: true, force: true });
        fs.renameSync(path.join(working, 'library'), folder);
      } finally {
        forget();
        remove();
      }
      return folder;
    },
    { onWait: (pid) => line.progress(undefined, `waiting for the set-up with process id ${pid}`) },
  );
}

/**
 * Checks a wheel's hash, extracts the needed files, removes the wheel, and prepares the libraries.
 * @param {string} file
 * @param {string} sha256
 * @param {string} folder does not exist yet
 * @param {string} python
 * @param {Line} line
 * @param {Record<string, string>} [members]
 */
export async function unpackWheel(file, sha256, folder, python, line, members = MEMBERS) {
  const found = await sha256Of(file, (share) => line.progress(share, 'checking what was downloaded'));
  if (found !== sha256) {
    fs.rmSync(file, { force: true });
    throw new SetupError(
      `${path.basename(file)} is not the file that was expected: its SHA-256 is ${found}, it should be ${sha256}. ` +
        'It was removed. A proxy or mirror may have changed it; start again to fetch it anew.',
    );
  }
  await extract(python, file, folder, members, (share) => line.progress(share, 'extracting the library'));
  fs.rmSync(file, { force: true }); // The wheel is removed before stripping, which needs the space.
  const libraries = Object.values(members).filter((name) => name.startsWith('lib/'));
  for (const [i, name] of libraries.entries()) {
    line.progress(i / libraries.length, 'removing symbols that are not needed');
    // Stripping saves a quarter. If strip is missing or fails, the library keeps its size.
    await run('strip', ['--strip-unneeded', path.join(folder, name)]);
  }
  line.progress(undefined, 'giving the library names of its own');
  prepareLibraries(path.join(folder, 'lib'));
  const sizes = Object.fromEntries(
    Object.values(members).map((name) => [name, fs.statSync(path.join(folder, name)).size]),
  );
  writeFileWhole(path.join(folder, 'complete.json'), JSON.stringify(sizes, null, 2));
}

/**
 * @param {string} file
 * @param {(fraction: number) => void} [progress]
 * @returns {Promise<string>} hexadecimal
 */
export async function sha256Of(file, progress) {
  const total = fs.statSync(file).size || 1;
  const hash = createHash('sha256');
  let done = 0;
  for await (const chunk of fs.createReadStream(file, { highWaterMark: 1 << 22 })) {
    checkInterrupt();
    hash.update(chunk);
    done += chunk.length;
    progress?.(done / total);
  }
  return hash.digest('hex');
}

/** Removes files that a killed set-up left in the cache. @param {string} cache */
export function removeLeftovers(cache) {
  for (const name of fs.existsSync(cache) ? fs.readdirSync(cache) : []) {
    const pid = /^working-(\d+)$/.exec(name)?.[1];
    if (pid === undefined) continue;
    try {
      process.kill(Number(pid), 0);
    } catch {
      fs.rmSync(path.join(cache, name), { recursive: true, force: true });
    }
  }
}

/** @param {string} cache */
function needDisk(cache) {
  fs.mkdirSync(cache, { recursive: true });
  const { bavail, bsize } = fs.statfsSync(cache);
  if (bavail * bsize >= NEEDED_BYTES) return;
  throw new SetupError(
    `${cache} has ${((bavail * bsize) / 1e9).toFixed(1)} GB free; fetching TensorFlow needs ${NEEDED_BYTES / 1e9} GB for a moment. ` +
      'Free some room, or set STRIDE_CACHE to a folder on another disk.',
  );
}
