/**
 * Installs what training needs: libtensorflow and the addon that calls it. The wheel is tried first (all of
 * Stride's figures were measured with its library), then the official archive. If neither can be installed,
 * Stride starts anyway and reports that when a net is to be trained.
 */
import fs from 'node:fs';
import path from 'node:path';
import { addonFile, installAddon, linkLibrary, packageFolder } from './addon.mjs';
import { ARCHIVES, installArchive } from './archive.mjs';
import { SetupError } from './errors.mjs';
import { installKernels, isSupported, kernelsFile, sourcesDigest } from './kernels.mjs';
import { fetchLibrary, WHEELS } from './library.mjs';
import { spoken } from './language.mjs';
import { PREPARATION } from './own-names.mjs';

/** @typedef {import('./context.mjs').Context} Context */

/** Remedies if no libtensorflow can be installed. Set-up, doctor and the README use the same text. */
export const WAYS_OUT =
  'To get it: connect to a network that reaches pypi.org (or set pip to a mirror of it), have Python 3 with pip and a C++ compiler, and run ' +
  '"STRIDE_RETRY=1 npm start". "npm run doctor" shows what is missing.';

/** @param {Context} context */
function stampOf(context) {
  const wheel = WHEELS[context.target]?.sha256 ?? '';
  return `${context.state.stamps['packages'] ?? ''} ${wheel} ${ARCHIVES[context.target]?.sha256 ?? ''} ${PREPARATION} ${sourcesDigest(context)}`;
}

/** @param {Context} context */
export function isDone(context) {
  const { tensorflow } = context.state;
  return (
    tensorflow !== undefined &&
    context.isStamped('tensorflow', stampOf(context)) &&
    // existsSync follows links, so that an emptied cache is detected.
    [
      addonFile(context),
      tensorflow.library,
      path.join(packageFolder(context), 'deps', 'lib'),
      ...(isSupported(context) && tensorflow.withoutKernels === undefined ? [kernelsFile(context)] : []),
    ].every((file) => fs.existsSync(file))
  );
}

/**
 * @param {Context} context
 * @param {import('./report.mjs').Report} report
 * @param {{ required?: boolean }} [options] required: fail if it cannot be installed, and ignore an earlier failure
 */
export async function install(context, report, { required = false } = {}) {
  if (!required && context.recentFailure('tensorflow')) return;
  context.unstamp('tensorflow');
  const line = report.begin('TensorFlow', 'looking for the library');
  /** @type {SetupError[]} */
  const problems = [];
  for (const way of [fromWheel, fromArchive]) {
    try {
      const tensorflow = await way(context, line);
      if (!tensorflow) continue;
      // A failure is remembered with the rest, so that not every start tries again.
      const slower = await installKernels(context, tensorflow.library, line);
      context.state.tensorflow = { ...tensorflow, ...(slower !== undefined && { withoutKernels: slower }) };
      context.stamp('tensorflow', stampOf(context));
      line.done(tensorflow.version + kernelsNote(context, slower));
      return;
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      problems.push(error);
    }
  }
  const why = problems.map((problem) => problem.message).join(' ');
  delete context.state.tensorflow;
  context.remember('tensorflow', why);
  line.failed('no TensorFlow library could be had; nets cannot be trained yet');
  const output = problems
    .map((problem) => problem.output)
    .filter(Boolean)
    .join('\n');
  const error = new SetupError(`${why}\n${WAYS_OUT}`, output);
  if (required) throw error;
  report.say(error.message);
}

/** @param {Context} context @param {string | undefined} slower */
function kernelsNote(context, slower) {
  if (!isSupported(context)) return '';
  return slower === undefined
    ? ` ${spoken("with Stride's own kernels")}`
    : ` ${spoken("without Stride's own kernels, so nets train more slowly; npm run doctor says why")}`;
}

/** @param {Context} context @param {import('./report.mjs').Line} line */
async function fromWheel(context, line) {
  const wheel = WHEELS[context.target];
  if (!wheel) return undefined;
  const library = await fetchLibrary(context, line, wheel);
  linkLibrary(context, library);
  const version = await installAddon(context, library, line);
  return { version, source: /** @type {const} */ ('wheel'), library };
}

/** @param {Context} context @param {import('./report.mjs').Line} line */
async function fromArchive(context, line) {
  const { version, library } = await installArchive(context, line);
  return { version, source: /** @type {const} */ ('archive'), library };
}
