/**
 * Whether TensorFlow may be loaded in this Electron. Beside what every host asks (are the files there?), two things that would end the
 * whole program: on Linux a library that shares its names with the desktop's libraries (scripts/setup/own-names.mjs), and one that ended
 * the program the last time.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Problem, type ProblemRecord } from '../../shared/base/problem.ts';
import { findTrainingProblem, hasOwnNames } from '../lab/runs/trainingProblem.ts';

export interface LoadingGuard {
  /** Null where training works. */
  findProblem(): ProblemRecord | null;
  /** The program ended while it loaded TensorFlow the last time, and nobody has asked to try again. */
  readonly hasDied: boolean;
  /** Lets the library be loaded once more. */
  retry(): void;
}

/** The file that is there while the library is loaded. */
export function loadingMark(home: string): string {
  return join(home, 'desktop', 'loading-tensorflow');
}

/**
 * To be called by the process that has the home's lock, before anything is loaded: a mark that is there now was left by a process that died.
 * `hasNames` says whether the library's names are its own.
 */
export function guardLoading(
  home: string,
  platform: NodeJS.Platform,
  { findFiles = findTrainingProblem, hasNames = hasOwnNames } = {},
): LoadingGuard {
  const mark = loadingMark(home);
  let died = existsSync(mark);
  return {
    get hasDied() {
      return died;
    },
    retry() {
      rmSync(mark, { force: true });
      died = false;
    },
    findProblem() {
      const missing = findFiles();
      if (missing) return missing;
      if (platform === 'linux' && !hasNames()) return sharedNames();
      return died ? diedLoading() : null;
    },
  };
}

function sharedNames(): ProblemRecord {
  return new Problem(
    'training.shared-names',
    "TensorFlow's library is not prepared for a desktop window: its names are those of other libraries, and loading it would end Stride. " +
      'Run "STRIDE_RETRY=1 npm start", which prepares it, or train in the browser: "npm start -- --browser"',
  ).toRecord();
}

function diedLoading(): ProblemRecord {
  return new Problem(
    'training.died-loading',
    "Stride ended while it loaded TensorFlow's library the last time, so it was opened without it. " +
      'The menu Help has "Try loading TensorFlow again"; "npm run doctor" says what is wrong with it',
  ).toRecord();
}
