/** The table of measurements that choose a net's kernels. */
import type { KernelTimes } from '../../../shared/training/kernels.ts';
import type { Db } from '../sqlite.ts';

export interface KernelTimesTable {
  /** Returns undefined if nothing was measured. */
  get(key: string): KernelTimes | undefined;
  /** The first measurement stays, so that equal runs have equal kernels. */
  put(key: string, times: KernelTimes): void;
}

export function kernelTimesTable(db: Db): KernelTimesTable {
  const get = db.prepare('SELECT stride, tensorflow FROM kernel_times WHERE key = ?');
  const put = db.prepare(`
    INSERT OR IGNORE INTO kernel_times (key, stride, tensorflow, measured_at)
    VALUES (@key, @stride, @tensorflow, @at)`);
  return {
    get: (key) => get.get(key) as KernelTimes | undefined,
    put: (key, times) => {
      put.run({ ...times, key, at: new Date().toISOString() });
    },
  };
}
