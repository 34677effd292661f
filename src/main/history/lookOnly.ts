/**
 * Opening a history read-only when it cannot be written: recognising such a disk, and the problem reported
 * then.
 */
import { Problem } from '../../shared/base/problem.ts';
import { SqliteError } from './sqlite.ts';

const fullDisk = /^(ENOSPC|EDQUOT|EFBIG|SQLITE_FULL|SQLITE_IOERR_(WRITE|FSYNC|SHM\w*|TRUNCATE)\b)/;
const readOnlyDisk = /^(EROFS|EACCES|EPERM|SQLITE_READONLY|SQLITE_PERM|SQLITE_CANTOPEN)/;

/** Returns null for every other fault. */
export function lookOnlyProblem(error: unknown, path: string): Problem | null {
  if (!(error instanceof SqliteError) && !(error instanceof Error && 'syscall' in error)) return null;
  const reason = String((error as { code?: string }).code);
  if (fullDisk.test(reason)) {
    return new Problem(
      'history.look-only-full',
      `nothing can be written to ${path} (${reason}), most probably because the disk is full: history can be looked at, ` +
        'but nothing can be trained or changed. Make room, then start Stride again',
      { path, reason },
    );
  }
  if (!readOnlyDisk.test(reason)) return null;
  return new Problem(
    'history.look-only',
    `${path} cannot be written (${reason}): history can be looked at, but nothing can be trained or changed. ` +
      'Check its permissions, or set STRIDE_HOME to another folder',
    { path, reason },
  );
}
