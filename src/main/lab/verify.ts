/**
 * Runs a folder of vector files through the engine in this process, for the terminal, whose process has no
 * window. The module is imported on demand because it includes the engine.
 */
import { readFile, readdir, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, relative, sep } from 'node:path';
import { Problem, type ProblemRecord, toProblemRecord } from '../../shared/base/problem.ts';
import { setNativeEnvironment } from '../engine/native/environment.ts';
import { isVectorCase, parseVectorCase } from '../engine/verify/vectorCase.ts';
import { type CaseResult, type Quantity, type QuantityResult, verifyCase } from '../engine/verify/verify.ts';
import { findTrainingProblem, requireTraining } from './runs/trainingProblem.ts';

export { initialTolerance, quantities, tolerance } from '../engine/verify/verify.ts';
export type { Quantity, QuantityResult };

/** Result for one file; `file` is its path within the folder. */
export type VerifiedFile =
  | { readonly kind: 'case'; readonly file: string; readonly result: CaseResult }
  /** The file is meant to be a case and cannot be run. */
  | { readonly kind: 'broken'; readonly file: string; readonly problem: ProblemRecord }
  /** The file is not a case. */
  | { readonly kind: 'skipped'; readonly file: string };

/**
 * Runs every case in a folder and its subfolders, or the single file `path`, in the order of their names.
 * `onFile` receives each file's result. Ends early if `stop` is aborted. Throws a `Problem` if there is
 * nothing to run or no engine.
 */
export async function verifyFolder(
  path: string,
  onFile: (file: VerifiedFile) => void,
  stop: AbortSignal = new AbortController().signal,
): Promise<void> {
  requireTraining(findTrainingProblem);
  setNativeEnvironment(availableParallelism());
  let cases = 0;
  for (const { file, full } of await filesOf(path)) {
    if (stop.aborted) return;
    const outcome = await verifyFile(file, full);
    if (outcome.kind !== 'skipped') cases += 1;
    onFile(outcome);
  }
  if (cases > 0 || stop.aborted) return;
  throw new Problem(
    'verify.no-cases',
    `there is no vector file in ${path}; a case is a JSON file with a network, a seed and PyTorch's numbers`,
    { path },
  );
}

async function filesOf(path: string): Promise<{ file: string; full: string }[]> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Problem(
      'verify.unreadable',
      reason === 'ENOENT' ? `${path} is not there` : `${path} cannot be read (${reason})`,
      { path, reason },
    );
  }
  if (!isFolder) return [{ file: basename(path), full: path }];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.name.endsWith('.json') && !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((full) => ({ full, file: relative(path, full).split(sep).join('/') }))
    .filter(({ file }) => !/(^|\/)(node_modules|\.[^/]*)\//.test(file))
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

async function verifyFile(file: string, full: string): Promise<VerifiedFile> {
  try {
    const value = parseJson(await readFile(full, 'utf8'), file);
    if (!isVectorCase(value)) return { kind: 'skipped', file };
    return { kind: 'case', file, result: await verifyCase(parseVectorCase(value, file)) };
  } catch (error) {
    // TensorFlow may refuse one case; the others are still worth running.
    return { kind: 'broken', file, problem: toProblemRecord(error) };
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Problem('verify.bad-file', `${file} is not JSON: ${detail}`, { file, detail });
  }
}
