/** Reports errors of the disk on which data sets are kept. */
import { Problem } from '../../shared/base/problem.ts';

/** The disk, the user's quota or the largest size of a file is exhausted. */
const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export const isDiskFull = (error: unknown) =>
  error instanceof Error && full.has((error as NodeJS.ErrnoException).code ?? '');

const refused = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EIO']);

/**
 * Returns a `Problem` if the disk did not take what was to be written into `folder`, whose temporary files the
 * caller removes; every other error as it is.
 */
export function storageProblem(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || error instanceof Problem) return error;
  const { code: reason = '', path = '' } = error as NodeJS.ErrnoException;
  if (isDiskFull(error)) {
    return new Problem(
      'dataset.disk-full',
      `the disk of ${folder} is full (${reason}): the import was ended, and everything that it had written was removed; ` +
        'make room, then import again',
      { folder, reason },
    );
  }
  // If the path lies elsewhere, the same errors are faults of what is imported.
  if (refused.has(reason) && path.startsWith(folder)) {
    return new Problem(
      'dataset.folder-refused',
      `the folder ${folder}, where data sets are kept, cannot be written (${reason}); check its permissions`,
      { folder, reason },
    );
  }
  return error;
}
