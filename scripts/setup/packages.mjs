/**
 * Installs npm packages exactly as in the lock file, without running install scripts: the other steps do
 * their downloads and builds themselves, visibly and with time limits.
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { digest } from './context.mjs';
import { SetupError } from './errors.mjs';
import { run } from './run.mjs';

/** @typedef {import('./context.mjs').Context} Context */
/** @typedef {{ version?: string, optional?: boolean, os?: string[], cpu?: string[] }} Locked */

/** Files without which nothing runs, for a quick check that node_modules matches the stamp. */
const KEY_FILES = ['.package-lock.json', 'typescript/package.json', '@tensorflow/tfjs-node/package.json'];

/** @param {Context} context */
export function stampOf(context) {
  return digest(fs.readFileSync(context.at('package-lock.json')), context.target);
}

/** @param {Context} context */
export function isDone(context) {
  return (
    context.isStamped('packages', stampOf(context)) &&
    KEY_FILES.every((file) => fs.existsSync(path.join(context.modules, file)))
  );
}

/**
 * Returns whether node_modules matches the lock file without a stamp, because someone has run npm by hand.
 * npm writes node_modules/.package-lock.json at the end of an installation.
 * @param {Context} context
 */
export function isInstalledByHand(context) {
  try {
    const wanted = lockedPackages(context.at('package-lock.json'));
    const present = lockedPackages(path.join(context.modules, '.package-lock.json'));
    return Object.entries(wanted).every(
      ([name, { version, optional }]) =>
        name === '' || (present[name] === undefined ? optional === true : present[name].version === version),
    );
  } catch {
    return false;
  }
}

/**
 * @param {Context} context
 * @param {import('./report.mjs').Report} report
 */
export async function install(context, report) {
  if (isInstalledByHand(context)) {
    context.stamp('packages', stampOf(context));
    return;
  }
  const names = Object.entries(lockedPackages(context.at('package-lock.json')))
    .filter(([name, locked]) => name !== '' && isForHere(locked, context))
    .map(([name]) => name);
  const line = report.begin('Packages', 'installing the npm packages of package-lock.json');
  freeRunningNode(context);
  const [command, args] = npmCommand(context);
  const result = await run(
    command,
    // NODE_ENV=production or an omit in the user's configuration would leave out packages that the build
    // needs.
    [
      ...args,
      'ci',
      '--ignore-scripts',
      '--include=dev',
      '--include=optional',
      '--loglevel=error',
      '--no-audit',
      '--no-fund',
    ],
    {
      cwd: context.root,
      env: { ...context.env, npm_config_update_notifier: 'false', npm_config_progress: 'false' },
      onTick: () => {
        const present = names.filter((name) => fs.existsSync(context.at(name, 'package.json'))).length;
        line.progress(present / names.length);
      },
    },
  );
  if (result.code !== 0) {
    line.failed('the npm packages could not be installed');
    throw new SetupError(npmProblem(result), npmErrors(result.output));
  }
  const count = names.filter((name) => fs.existsSync(context.at(name, 'package.json'))).length;
  context.reload(); // npm has emptied node_modules, including the record.
  context.stamp('packages', stampOf(context));
  line.done(`${count} npm packages`);
}

/**
 * Returns whether npm installs a package here. It is used for the percentage, so unknown conditions (musl or
 * glibc) count as true.
 * @param {Locked} locked
 * @param {Context} context
 */
function isForHere({ os, cpu }, context) {
  return (os?.includes(context.platform) ?? true) && (cpu?.includes(context.arch) ?? true);
}

/**
 * Returns the command for npm: the npm that runs this script, if any, otherwise the one on the PATH.
 * @param {Context} context
 * @returns {[string, string[]]}
 */
function npmCommand(context) {
  const running = context.env['npm_execpath'];
  // npm_execpath names yarn or pnpm if one of these runs the script.
  if (running && /npm-cli\.[cm]?js$/.test(running) && fs.existsSync(running)) {
    // The Node that runs npm is used, because npm is about to replace the one in node_modules.
    return [context.env['npm_node_execpath'] ?? process.execPath, [running]];
  }
  return [context.platform === 'win32' ? 'npm.cmd' : 'npm', []];
}

/**
 * Moves the running Node out of node_modules, because npm would remove it, which Windows does not allow for a
 * running program.
 * @param {Context} context
 */
function freeRunningNode(context) {
  if (context.platform !== 'win32' || !process.execPath.startsWith(context.modules)) return;
  fs.renameSync(process.execPath, path.join(context.local, `node-${process.pid}.exe`));
}

/** @param {import('./run.mjs').Result} result */
function npmProblem({ output, error }) {
  if (error) return `npm could not be started (${error.message}). It comes with Node: https://nodejs.org`;
  if (/EUSAGE|in sync/.test(output)) {
    return 'package.json and package-lock.json do not fit together. Run "npm install --ignore-scripts" and commit the lock file.';
  }
  if (/ENOSPC/.test(output)) return 'npm ran out of disk space. The packages need about 900 MB.';
  if (/ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|network/i.test(output)) {
    return 'npm could not reach its registry. Check the network or the proxy, then start again.';
  }
  return 'npm ci failed.';
}

/** Returns npm's own error lines, without its advice on logs and usage. @param {string} output */
function npmErrors(output) {
  return output
    .split('\n')
    .filter(
      (line) =>
        /^npm (error|ERR!)/.test(line) && !/complete log|^npm error\s+(-|\[)|Run "npm help/.test(line),
    )
    .slice(0, 15)
    .join('\n');
}

/** @param {string} file @returns {Record<string, Locked>} */
function lockedPackages(file) {
  const lock = /** @type {{ packages?: Record<string, Locked> }} */ (
    JSON.parse(fs.readFileSync(file, 'utf8'))
  );
  return lock.packages ?? {};
}
