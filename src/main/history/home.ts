/**
 * Where everything that Stride keeps lies: `STRIDE_HOME`, else the platform's folder for application data. The same
 * for all hosts, so that a run started in a shell is in the window's list.
 */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import envPaths from 'env-paths';
import { Problem } from '../../shared/base/problem.ts';

/** An absolute path; the folder need not be there yet. */
export function resolveHome(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['STRIDE_HOME'];
  return chosen ? resolve(chosen) : envPaths('Stride', { suffix: '' }).data;
}

/** Makes the folder where it is missing. */
export function makeHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Problem(
      'home.unusable',
      `the folder ${home}, where runs are kept, cannot be made (${code}); ` +
        'set STRIDE_HOME to a folder that can be written',
      { home, reason: code },
    );
  }
}
