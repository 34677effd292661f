/**
 * Converts SQLite's reports of external faults (a full disk, a folder that cannot be written, a damaged file)
 * into `Problem`s. Errors that only a bug can cause are passed on unchanged.
 */
import { SqliteError } from './sqlite.ts';
import { Problem } from '../../shared/base/problem.ts';

export function historyProblem(error: unknown, path: string): unknown {
  // Rows hold JSON that Stride wrote, so JSON that cannot be parsed means a damaged file.
  if (error instanceof SyntaxError) return damaged(path, error.message);
  if (!(error instanceof SqliteError)) return error;
  const problem = (code: string, message: string) => new Problem(code, message, { path, reason: error.code });
  // Extended result codes begin with their primary one: SQLITE_IOERR_WRITE, SQLITE_READONLY_DBMOVED.
  const primary = error.code.split('_').slice(0, 2).join('_');
  switch (primary) {
    case 'SQLITE_FULL':
      return problem('history.disk-full', `the disk is full: ${path} cannot grow; make room and try again`);
    case 'SQLITE_READONLY':
    case 'SQLITE_PERM':
    case 'SQLITE_AUTH':
      return problem(
        'history.read-only',
        `${path} cannot be written; check its permissions, or set STRIDE_HOME`,
      );
    case 'SQLITE_CANTOPEN':
      return problem(
        'history.cannot-open',
        `${path} cannot be opened; check its folder's permissions, or set STRIDE_HOME`,
      );
    case 'SQLITE_NOTADB':
      return problem(
        'history.not-a-database',
        `${path} is not a database; it was left as it is. Move it away, or set STRIDE_HOME to another folder`,
      );
    // SQLITE_ERROR means that a table or column is missing or should not exist yet: the file does not match
    // its version.
    case 'SQLITE_CORRUPT':
    case 'SQLITE_ERROR':
      return damaged(path, error.message);
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return problem('history.busy', `another program keeps ${path} locked; close it and try again`);
    case 'SQLITE_IOERR':
      return problem(
        'history.input-output',
        `${path} could not be read or written (${error.code}); check the disk`,
      );
    default:
      return error;
  }
}

function damaged(path: string, detail: string): Problem {
  return new Problem(
    'history.damaged',
    `${path} is damaged (${detail}); it was left as it is. Put a copy in its place; or move it away, then "stride recover" ` +
      'finds the runs whose folders are there',
    { path, reason: detail },
  );
}

/**
 * Wraps functions so that SQLite's errors become `Problem`s. `lookOnly` is the reason why the history is
 * read-only, if it is.
 */
export function guarded<T extends object>(functions: T, path: string, lookOnly: Problem | null = null): T {
  const entries = Object.entries(functions).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'function') return [name, value];
    return [
      name,
      (...parameters: unknown[]): unknown => {
        try {
          return (value as (...parameters: unknown[]) => unknown)(...parameters);
        } catch (error) {
          if (lookOnly && error instanceof SqliteError && error.code.startsWith('SQLITE_READONLY'))
            throw lookOnly;
          throw historyProblem(error, path);
        }
      },
    ];
  });
  return Object.fromEntries(entries) as T;
}
