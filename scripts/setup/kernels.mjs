/**
 * Stride's own kernels (src/native): a library that registers operations with TensorFlow, built with the compiler that
 * builds tfjs-node's addon and placed beside it, where it finds TensorFlow by its RUNPATH. It is cached like the addon.
 *
 * Without it Stride trains with TensorFlow's operations alone, more slowly, so set-up goes on if it cannot be built,
 * and says so.
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { addonFile, packageFolder } from './addon.mjs';
import { digest } from './context.mjs';
import { nodePath } from './node.mjs';
import { onInterrupt, run } from './run.mjs';

/** @typedef {import('./context.mjs').Context} Context */

const BUILD_MS = 5 * 60_000;

const COMMON = ['-std=c++17', '-pthread', '-O3', '-fPIC', '-fvisibility=hidden', '-Wall', '-Wextra'];
/** Every processor with AVX2 has `prefetchw` or takes it for no operation. */
const AVX2 = ['-mavx2', '-mfma', '-mprfchw'];
/** AVX-512 as every processor with it has it since 2017; the compiler may use whole vectors. */
const AVX512 = [
  ...AVX2,
  ...['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl'],
  '-mprefer-vector-width=512',
];

/** The files that are compiled, each with the options of the processors that run it. */
export const SOURCES = [
  { name: 'lanes8', options: AVX2 },
  { name: 'lanes16', options: AVX512 },
  ...[
    'imageOperations',
    'convolutionOperations',
    'linearOperations',
    'node/mailbox',
    'normaliseOperations',
    'sequence/elementOperations',
    'sequence/netOperations',
    'sequence/program',
    'sequence/sequence',
    'sequence/team',
    'operations',
  ].map((name) => ({
    name,
    options: /** @type {string[]} */ ([]),
  })),
];

/** The kernels are vectors of x86-64, and only Linux is asked whether the processor has them. */
export const isSupported = (/** @type {Context} */ { target }) => target === 'linux-x64';

/** @param {Context} context */
export function kernelsFile(context) {
  return path.join(path.dirname(addonFile(context)), 'stride_kernels.node');
}

/** Returns a digest of the sources and of this file, which change what is built. @param {Context} context */
export function sourcesDigest(context) {
  if (!isSupported(context)) return 'none';
  const folder = context.at('src', 'native');
  const names = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(cpp|h)$/.test(name) && !name.startsWith('check'));
  const files = [...names.toSorted().map((name) => path.join(folder, name)), import.meta.filename];
  return digest(...files.flatMap((file) => [path.basename(file), fs.readFileSync(file)]));
}

/**
 * Installs the library, from the cache if it loads, otherwise built.
 * @param {Context} context
 * @param {string} library the folder of TensorFlow's library in the cache
 * @param {import('./report.mjs').Line} line
 * @returns {Promise<string | undefined>} why it could not be installed
 */
export async function installKernels(context, library, line) {
  fs.rmSync(kernelsFile(context), { force: true });
  if (!isSupported(context)) return undefined;
  const key = digest(sourcesDigest(context), path.basename(library));
  const cached = path.join(context.cache, `kernels-${context.target}-${key}.node`);
  if (fs.existsSync(cached) && (await place(context, cached)) === undefined) return undefined;
  line.progress(undefined, 'compiling the kernels');
  return (await build(context, cached)) ?? (await place(context, cached));
}

/**
 * Places the library if it can be loaded, in a process of its own.
 * @param {Context} context
 * @param {string} cached
 * @returns {Promise<string | undefined>} why it cannot be loaded
 */
async function place(context, cached) {
  const file = kernelsFile(context);
  const candidate = `${file}.${process.pid}.node`;
  fs.copyFileSync(cached, candidate);
  const probe = await probeKernels(context, candidate);
  if (probe === undefined) {
    fs.renameSync(candidate, file);
    return undefined;
  }
  fs.rmSync(candidate, { force: true });
  fs.rmSync(cached, { force: true });
  return probe;
}

/**
 * Loads the library as the engine does, after tfjs-node's addon, and looks whether its operations are registered.
 * @param {Context} context
 * @param {string} file
 * @returns {Promise<string | undefined>} why it does not load
 */
export async function probeKernels(context, file) {
  const program = `
    require(${JSON.stringify(addonFile(context))});
    require(${JSON.stringify(file)});
    console.log('loaded');`;
  const result = await run(nodePath(context), ['--no-deprecation', '-e', program], {
    cwd: context.root,
    env: { ...context.env, TF_CPP_MIN_LOG_LEVEL: '2', NODE_OPTIONS: '' },
    timeoutMs: 120_000,
  });
  return result.code === 0 && /^loaded/m.test(result.stdout) ? undefined : reasonIn(result.output);
}

/**
 * @param {Context} context
 * @param {string} target the file to make
 * @returns {Promise<string | undefined>} why it could not be built
 */
async function build(context, target) {
  const folder = path.join(context.cache, `kernels-working-${process.pid}`);
  const remove = () => fs.rmSync(folder, { recursive: true, force: true });
  const forget = onInterrupt(remove);
  fs.mkdirSync(folder, { recursive: true });
  const compiler = context.env['CXX'] || 'g++';
  try {
    const object = (/** @type {string} */ name) => path.join(folder, `${path.basename(name)}.o`);
    const compiled = await Promise.all(
      SOURCES.map(({ name, options }) =>
        runCompiler(compiler, [
          ...COMMON,
          ...options,
          ...['-c', context.at('src', 'native', `${name}.cpp`), '-o', object(name)],
        ]),
      ),
    );
    const failure = compiled.find((why) => why !== undefined);
    if (failure !== undefined) return failure;
    const built = path.join(folder, 'stride_kernels.node');
    const linked = await runCompiler(compiler, [
      '-shared',
      ...SOURCES.map(({ name }) => object(name)),
      ...['-o', built, `-L${path.join(packageFolder(context), 'deps', 'lib')}`],
      '-l:libtensorflow_framework.so.2',
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
      // What is not found is said now rather than when a net is trained.
      '-Wl,-z,defs',
    ]);
    if (linked === undefined) fs.renameSync(built, target);
    return linked;
  } finally {
    forget();
    remove();
  }
}

/**
 * @param {string} compiler
 * @param {string[]} args
 * @returns {Promise<string | undefined>} why it failed
 */
async function runCompiler(compiler, args) {
  const result = await run(compiler, args, { timeoutMs: BUILD_MS });
  if (result.error) return `${compiler} could not be started`;
  return result.code === 0 ? undefined : reasonIn(result.output);
}

/** Returns the first line that names an error; the last one if none does. @param {string} output */
function reasonIn(output) {
  const lines = output.trim().split('\n');
  return lines.find((each) => /error|undefined reference/i.test(each)) ?? lines.at(-1) ?? '';
}
