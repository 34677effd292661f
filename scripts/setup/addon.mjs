/**
 * tfjs-node's native addon: its own C++ sources (node_modules/@tensorflow/tfjs-node/binding), built by
 * node-gyp against the library in the cache, for one N-API version that both Node and Electron support. The
 * result is cached too, so that a fresh clone compiles nothing.
 *
 * In the package, the files are arranged as by tfjs-node's installer:
 *
 *     deps/lib/libtensorflow_cc.so.2, libtensorflow_framework.so.2   → the cache
 *     deps/lib/libtensorflow.so, .so.2, libtensorflow_framework.so   → the above; what the linker asks for
 *     deps/include                                                   → the cache
 *     lib/napi-v8/tfjs_binding.node                                  finds deps/lib by its RUNPATH
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { digest } from './context.mjs';
import { SetupError } from './errors.mjs';
import { nodePackage, nodePath } from './node.mjs';
import { markPrepared } from './own-names.mjs';
import { onInterrupt, run } from './run.mjs';

/** @typedef {import('./context.mjs').Context} Context */

/**
 * Highest of the package's N-API versions, which node-pre-gyp looks for when it locates the addon at run
 * time.
 */
const NAPI = 8;
const BUILD_MS = 10 * 60_000;

/** @param {Context} context */
export function packageFolder(context) {
  return path.join(context.modules, '@tensorflow', 'tfjs-node');
}

/** @param {Context} context */
export function addonFile(context) {
  return path.join(packageFolder(context), 'lib', `napi-v${NAPI}`, 'tfjs_binding.node');
}

/**
 * Links a library of the cache into the package. Only prepared libraries are in the cache.
 * @param {Context} context
 * @param {string} library the folder with lib/ and include/
 */
export function linkLibrary(context, library) {
  const deps = path.join(packageFolder(context), 'deps');
  const temporary = `${deps}.${process.pid}`;
  fs.rmSync(temporary, { recursive: true, force: true });
  fs.mkdirSync(path.join(temporary, 'lib'), { recursive: true });
  for (const [name, target] of [
    ['libtensorflow_cc.so.2', path.join(library, 'lib', 'libtensorflow_cc.so.2')],
    ['libtensorflow_framework.so.2', path.join(library, 'lib', 'libtensorflow_framework.so.2')],
    ['libtensorflow.so', 'libtensorflow_cc.so.2'],
    ['libtensorflow.so.2', 'libtensorflow_cc.so.2'],
    ['libtensorflow_framework.so', 'libtensorflow_framework.so.2'],
  ]) {
    fs.symlinkSync(/** @type {string} */ (target), path.join(temporary, 'lib', /** @type {string} */ (name)));
  }
  fs.symlinkSync(path.join(library, 'include'), path.join(temporary, 'include'));
  markPrepared(temporary);
  fs.rmSync(deps, { recursive: true, force: true });
  fs.renameSync(temporary, deps);
}

/**
 * Installs the addon, from the cache if it loads, otherwise built.
 * @param {Context} context
 * @param {string} library
 * @param {import('./report.mjs').Line} line
 * @returns {Promise<string>} TensorFlow's version, as the loaded library tells it
 */
export async function installAddon(context, library, line) {
  const cached = path.join(context.cache, `addon-${addonKey(context, library)}.node`);
  if (fs.existsSync(cached)) {
    placeAddon(context, cached);
    line.progress(undefined, 'loading the library');
    const probe = await probeAddon(context);
    if (probe.version) return probe.version;
    // It was built by another compiler on another machine that shares this home, so it is built here again.
    fs.rmSync(cached, { force: true });
  }
  await build(context, cached, line);
  placeAddon(context, cached);
  line.progress(undefined, 'loading the library');
  const probe = await probeAddon(context);
  if (!probe.version) {
    fs.rmSync(cached, { force: true });
    throw new SetupError('The tfjs-node addon was built, but does not load.', probe.why);
  }
  return probe.version;
}

/**
 * Loads the addon as the engine does, in a separate process.
 * @param {Context} context
 * @returns {Promise<{ version?: string, why: string }>}
 */
export async function probeAddon(context) {
  const program = `
    const binding = require(${JSON.stringify(addonFile(context))});
    console.log('TensorFlow ' + binding.TF_Version);`;
  const result = await run(nodePath(context), ['--no-deprecation', '-e', program], {
    cwd: context.root,
    env: { ...context.env, TF_CPP_MIN_LOG_LEVEL: '2', NODE_OPTIONS: '' },
    timeoutMs: 120_000,
  });
  const version = result.code === 0 ? /^TensorFlow (\S+)/m.exec(result.stdout)?.[1] : undefined;
  return version ? { version, why: '' } : { why: lastLines(result.output) };
}

/** @param {Context} context @param {string} library */
function addonKey(context, library) {
  const manifest = (/** @type {string} */ folder) => fs.readFileSync(path.join(folder, 'package.json'));
  return [
    `napi${NAPI}`,
    context.target,
    digest(manifest(packageFolder(context)), manifest(nodePackage(context)), path.basename(library)),
  ].join('-');
}

/** @param {Context} context @param {string} cached */
function placeAddon(context, cached) {
  const file = addonFile(context);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  // It is copied rather than linked, because the loader looks for the libraries relative to the addon's real
  // path.
  fs.copyFileSync(cached, `${file}.${process.pid}`);
  fs.renameSync(`${file}.${process.pid}`, file);
}

/**
 * @param {Context} context
 * @param {string} target the file to make
 * @param {import('./report.mjs').Line} line
 */
async function build(context, target, line) {
  line.progress(undefined, 'compiling the addon');
  const folder = packageFolder(context);
  const output = path.join(context.cache, `working-${process.pid}`);
  const remove = () => {
    fs.rmSync(output, { recursive: true, force: true });
    fs.rmSync(path.join(folder, 'build'), { recursive: true, force: true });
  };
  const forget = onInterrupt(remove);
  try {
    const result = await run(
      nodePath(context),
      [
        path.join(context.modules, 'node-gyp', 'bin', 'node-gyp.js'),
        'rebuild',
        // Without this option node-gyp would download Node's headers, which the npm package contains.
        `--nodedir=${nodePackage(context)}`,
        '--module_name=tfjs_binding',
        `--module_path=${output}`,
        `--napi_build_version=${NAPI}`,
        `--napi_version=${NAPI}`,
      ],
      // make's output is the only sign of progress, but is not shown.
      { cwd: folder, env: withoutNpm(context.env), timeoutMs: BUILD_MS },
    );
    const built = path.join(output, 'tfjs_binding.node');
    if (result.code !== 0 || !fs.existsSync(built)) {
      throw new SetupError(await whyNotBuilt(result), lastLines(result.output, 25));
    }
    fs.renameSync(built, target);
  } finally {
    forget();
    remove();
  }
}

/** @param {import('./run.mjs').Result} result */
async function whyNotBuilt(result) {
  if (result.timedOut) return `node-gyp did not end within ${BUILD_MS / 60_000} minutes.`;
  const missing = [];
  for (const tool of ['make', 'g++']) if ((await run(tool, ['--version'])).code !== 0) missing.push(tool);
  return missing.length > 0
    ? `The tfjs-node addon cannot be compiled: ${missing.join(' and ')} not found. On Debian and Ubuntu: apt install build-essential python3.`
    : 'The tfjs-node addon could not be compiled.';
}

/**
 * Returns the environment without npm's settings, which would take precedence over node-gyp's options.
 * @param {NodeJS.ProcessEnv} env
 */
function withoutNpm(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_(config|package)_/i.test(name)));
}

/** @param {string} text @param {number} [count] */
export function lastLines(text, count = 12) {
  return text.trim().split('\n').slice(-count).join('\n');
}
