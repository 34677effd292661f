/**
 * Builds the program into out/: the messages, then main, preload and window by electron-vite. Does nothing if
 * no source has changed.
 *
 * The build is written to a separate folder, which replaces out/ when it is complete.
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { digest } from './context.mjs';
import { lastLines } from './addon.mjs';
import { SetupError } from './errors.mjs';
import { nodePath } from './node.mjs';
import { onInterrupt, run, withoutColours } from './run.mjs';

/** @typedef {import('./context.mjs').Context} Context */
/** @typedef {import('./report.mjs').Report} Report */

const BUILD_MS = 5 * 60_000;
const MESSAGES = ['resources/messages', 'project.inlang/settings.json', 'scripts/paraglide.mjs'];
const SOURCES = [
  'src',
  'resources',
  'project.inlang/settings.json',
  'electron.vite.config.ts',
  'package.json',
  'tsconfig.base.json',
];
const HOSTS = ['desktop', 'browser', 'terminal'];

/** Returns whether the program in out/ was built from the current sources. @param {Context} context */
export function isBuilt(context) {
  try {
    return (
      fs.readFileSync(context.at('out', '.built-from'), 'utf8') === sourcesKey(context) &&
      HOSTS.every((host) => fs.existsSync(context.at('out', 'main', `${host}.js`)))
    );
  } catch {
    return false;
  }
}

/**
 * Builds the program if a source has changed.
 * @param {Context} context
 * @param {Report} report
 */
export async function build(context, report) {
  if (isBuilt(context)) return;
  const line = report.begin('Program', 'building');
  try {
    await compileMessages(context);
    const key = sourcesKey(context);
    const working = context.at('.cache', `build-${process.pid}`);
    const remove = () => fs.rmSync(working, { recursive: true, force: true });
    const forget = onInterrupt(remove);
    try {
      const result = await run(
        nodePath(context),
        [
          path.join(context.modules, 'electron-vite', 'bin', 'electron-vite.js'),
          'build',
          '--outDir',
          working,
          '--logLevel',
          'warn',
        ],
        {
          cwd: context.root,
          env: { ...withoutColours(context.env), NODE_OPTIONS: '' },
          timeoutMs: BUILD_MS,
        },
      );
      if (result.code !== 0)
        throw new SetupError('The program could not be built.', withoutStack(result.output));
      fs.writeFileSync(path.join(working, '.built-from'), key);
      const old = context.at('.cache', `replaced-${process.pid}`);
      if (fs.existsSync(context.at('out'))) fs.renameSync(context.at('out'), old);
      fs.renameSync(working, context.at('out'));
      fs.rmSync(old, { recursive: true, force: true });
    } finally {
      forget();
      remove();
    }
  } catch (error) {
    line.failed('not built');
    throw error;
  }
  line.done('built');
}

/** Returns a bundler's error message without its call stack. @param {string} output */
function withoutStack(output) {
  return lastLines(output.replace(/^ +at .*\n?/gm, ''), 40);
}

/** @param {Context} context */
export function areMessagesCompiled(context) {
  return (
    context.isStamped('messages', digest(signature(context, MESSAGES))) &&
    fs.existsSync(context.at('src', 'renderer', 'paraglide', 'messages.js'))
  );
}

/**
 * Compiles the messages of resources/messages to functions, which the type check and the tests need without a build.
 * @param {Context} context
 */
export async function compileMessages(context) {
  if (areMessagesCompiled(context)) return;
  const result = await run(nodePath(context), [context.at('scripts', 'paraglide.mjs')], {
    cwd: context.root,
    env: { ...withoutColours(context.env), NODE_OPTIONS: '' },
    timeoutMs: BUILD_MS,
  });
  if (result.code !== 0) {
    throw new SetupError(
      'The messages in resources/messages could not be compiled.',
      lastLines(result.output, 20),
    );
  }
  context.stamp('messages', digest(signature(context, MESSAGES)));
}

/** @param {Context} context */
function sourcesKey(context) {
  return digest(context.state.stamps['packages'] ?? '', signature(context, SOURCES));
}

/**
 * Returns a digest of the names, sizes and times of all files below the given paths, which detects changes
 * without reading them. Tests and generated files do not count.
 * @param {Context} context
 * @param {string[]} places
 */
function signature(context, places) {
  const generated = context.at('src', 'renderer', 'paraglide');
  /** @type {string[]} */
  const lines = [];
  /** @param {string} file */
  const visit = (file) => {
    if (file === generated || file.endsWith('.test.ts')) return;
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) for (const name of fs.readdirSync(file).sort()) visit(path.join(file, name));
    else lines.push(`${path.relative(context.root, file)} ${stat.size} ${stat.mtimeMs}`);
  };
  places.forEach((place) => visit(context.at(place)));
  return lines.join('\n');
}
