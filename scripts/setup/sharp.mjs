/**
 * Gives sharp's two libraries names of their own (own-names.mjs). libvips contains a GLib and exports its names; so
 * does the GTK that Electron has loaded, in another version. Without own names, pictures are decoded by a mixture of
 * both, which now and then ends the whole desktop program. macOS and Windows bind a name in the library that it is
 * expected in.
 */
import fs from 'node:fs';
import path from 'node:path';
import { digest } from './context.mjs';
import { readDynamicTable, stringAt } from './elf.mjs';
import { SetupError } from './errors.mjs';
import { giveOwnNames } from './own-names.mjs';

/** @typedef {import('./context.mjs').Context} Context */

/** Names of Node's API, of the C runtime, and those that a library asks for in vain where nobody has them. */
const KEPT =
  /^(napi_|node_api_|mallctl$|gettid$|__lsan_|__cxa_|__gmon_start__$|_ITM_|_init$|_fini$|_edata$|_end$|__bss_start$)/;

/** Returns the paths of libvips and of the addon that uses it; none where they need no preparation. @param {Context} context */
export function sharpFiles(context) {
  if (!context.target.startsWith('linux-')) return [];
  return [
    [`sharp-libvips-${context.target}`, /^libvips-cpp\.so\./],
    [`sharp-${context.target}`, /\.node$/],
  ].flatMap(([name, pattern]) => {
    const folder = path.join(context.modules, '@img', String(name), 'lib');
    if (!fs.existsSync(folder)) return [];
    const files = fs.readdirSync(folder).filter((file) => /** @type {RegExp} */ (pattern).test(file));
    return files.map((file) => path.join(folder, file));
  });
}

/** @param {Context} context */
const stampOf = (context) =>
  digest(KEPT.source, ...sharpFiles(context).map((file) => `${file} ${fs.statSync(file).mtimeMs}`));

/** @param {Context} context */
export const isDone = (context) => context.isStamped('sharp', stampOf(context));

/**
 * @param {Context} context
 * @param {import('./report.mjs').Report} report
 */
export function install(context, report) {
  const line = report.begin('Pictures', 'giving the library names of its own');
  const files = sharpFiles(context);
  const prepared = files.map((file) => `${file}.prepared`);
  try {
    for (const [index, file] of prepared.entries()) {
      fs.copyFileSync(/** @type {string} */ (files[index]), file);
      giveOwnNames(file, KEPT);
    }
    requireAgreement(prepared);
    // Only one of them would not be usable, so this step counts as done only after both.
    for (const [index, file] of prepared.entries()) fs.renameSync(file, /** @type {string} */ (files[index]));
    line.done('the library has names of its own');
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    for (const file of prepared) fs.rmSync(file, { force: true });
    line.failed('the library keeps its names: importing pictures may end the desktop program');
    report.say(error.message);
  }
  context.stamp('sharp', stampOf(context));
  return Promise.resolve();
}

/**
 * Throws if the addon needs a name that libvips no longer has.
 * @param {string[]} files
 */
function requireAgreement(files) {
  const tables = files.map((file) => readDynamicTable(file));
  const of = (/** @type {boolean} */ defined) =>
    tables.flatMap(({ strings, names }) =>
      names
        .filter((name) => name.defined === defined && !name.foreignVersion)
        .map(({ offset }) => stringAt(strings, offset)),
    );
  const defined = new Set(of(true));
  const missing = of(false).find((name) => /[^A-Za-z0-9_.]/.test(name) && !defined.has(name));
  if (missing !== undefined)
    throw new SetupError(`sharp's addon needs ${missing}, which libvips does not have.`);
}
