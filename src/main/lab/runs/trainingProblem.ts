/**
 * Checks whether this machine can train: set-up installs tfjs-node's addon and libtensorflow, and if one is
 * missing, nothing can be trained, while the rest of the lab works. Only the files are looked for, because
 * loading libtensorflow takes half a second and 200 MB in the process that holds the window.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Problem, type ProblemRecord } from '../../../shared/base/problem.ts';
import { addonFile, tfjsNodeFolder } from '../../engine/native/addon.ts';

const advice = '"npm run doctor" says what is missing and how to get it';

/** Returns null if training works, otherwise the reason and a remedy. */
export function findTrainingProblem(): ProblemRecord | null {
  const folder = tfjsNodeFolder();
  if (folder !== undefined) return lookInside(folder);
  return new Problem(
    'training.no-package',
    `the package @tensorflow/tfjs-node is not installed, so nothing can be trained; ${advice}`,
  ).toRecord();
}

/** Throws the `Problem` that keeps this machine from training, if there is one. */
export function requireTraining(find: () => ProblemRecord | null): void {
  const problem = find();
  if (problem) throw Problem.fromRecord(problem);
}

/**
 * Returns whether set-up has renamed the library's symbols (scripts/setup/own-names.mjs, which leaves this
 * mark), so that it may be loaded into a process with other large libraries.
 */
export function hasOwnNames(): boolean {
  const folder = tfjsNodeFolder();
  return folder !== undefined && existsSync(join(folder, 'deps', 'own-names'));
}

/** Checks the package in `folder`. */
export function lookInside(folder: string): ProblemRecord | null {
  if (!existsSync(join(folder, addonFile))) {
    return new Problem(
      'training.no-addon',
      `tfjs-node's native addon is missing (${join(folder, addonFile)}), so nothing can be trained; ${advice}`,
      { path: join(folder, addonFile) },
    ).toRecord();
  }
  const libraries = join(folder, 'deps', 'lib');
  // A broken link is listed, but does not exist.
  const found =
    existsSync(libraries) &&
    readdirSync(libraries).some(
      (file) => /^(lib)?tensorflow\b/.test(file) && existsSync(join(libraries, file)),
    );
  if (found) return null;
  return new Problem(
    'training.no-library',
    `libtensorflow is missing (in ${libraries}), so nothing can be trained; ${advice}`,
    { path: libraries },
  ).toRecord();
}
