/**
 * Converts errors of the operating system (too many open files, a folder that is missing or not accessible, a
 * full disk) into problems. Returns null for everything else, which is a bug.
 */
import { Problem } from '../../shared/base/problem.ts';

export function systemProblem(error: unknown): Problem | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null;
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  const reason = String(code);
  if (syscall === 'uv_cwd') {
    return new Problem(
      'system.folder-gone',
      'the folder in which this was started is gone; go to another one',
      {
        reason,
      },
    );
  }
  if (code === 'EMFILE' || code === 'ENFILE') {
    return new Problem(
      'system.too-many-files',
      `the system lets this program open no more files (${reason}); raise the limit: ulimit -n 1024`,
      { reason },
    );
  }
  const what = [syscall, path].filter(Boolean).join(' ');
  return new Problem('system.refused', `the system refused to ${what} (${reason})`, { what, reason });
}
