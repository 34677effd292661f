/**
 * Decides whether TensorFlow may be loaded in this Electron. Besides the check of every host (do the files
 * exist?), there are two cases that would end the whole program: on Linux a library that shares symbols with
 * the desktop's libraries (scripts/setup/own-names.mjs), and a library that ended the program the last time.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Problem, type ProblemRecord } from '../../shared/base/problem.ts';
import { findTrainingProblem, hasOwnNames } from '../lab/runs/trainingProblem.ts';

export interface LoadingGuard {
  /** Returns null if training works. */
  findProblem(): ProblemRecord | null;
  /**
   * Whether the program ended while it loaded TensorFlow the last time, and the user has not asked to try
   * again.
   */
  readonly hasDied: boolean;
  /** Allows the library to be loaded once more. */
  retry(): void;
}

/** Returns the path of the file that exists while the library is loaded. */
export function loadingMark(home: string): string {
  return join(home, 'desktop', 'loading-tensorflow');
}

/**
 * Creates the guard. It must be called by the process that has the home's lock, before anything is loaded: an
 * existing mark was then left by a process that died. `hasNames` tells whether the library's symbols are
 * renamed.
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
