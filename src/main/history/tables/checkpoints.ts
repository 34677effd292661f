/**
 * The table of checkpoint files that a run can resume from. `main/checkpoints` handles the files themselves.
 */
import type { CheckpointKind } from '../../../shared/inspect/inspection.ts';
import type { Db } from '../sqlite.ts';

export interface CheckpointRecord {
  readonly kind: CheckpointKind;
  /** Name in the run's folder. */
  readonly file: string;
  /**
   * Number of steps taken in total; `epoch` is the current epoch, counted from 1, and `batch` the number of
   * batches done in it.
   */
  readonly step: number;
  readonly epoch: number;
  readonly batch: number;
  readonly bytes: number;
}

export interface Checkpoints {
  /** Adds the record or replaces the run's previous one of that kind. */
  put(run: number, record: CheckpointRecord): void;
  get(run: number, kind: CheckpointKind): CheckpointRecord | undefined;
  /** Removes checkpoints of a later step. */
  truncate(run: number, step: number): void;
}

export function checkpointsTable(db: Db): Checkpoints {
  const put = db.prepare(`
    INSERT OR REPLACE INTO checkpoints (run, kind, file, step, epoch, batch, bytes, saved_at)
    VALUES (@run, @kind, @file, @step, @epoch, @batch, @bytes, @at)`);
  const get = db.prepare(
    'SELECT kind, file, step, epoch, batch, bytes FROM checkpoints WHERE run = ? AND kind = ?',
  );

  const truncate = db.prepare('DELETE FROM checkpoints WHERE run = ? AND step > ?');

  return {
    put: (run, record) => {
      put.run({ ...record, run, at: new Date().toISOString() });
    },
    get: (run, kind) => get.get(run, kind) as CheckpointRecord | undefined,
    truncate: (run, step) => {
      truncate.run(run, step);
    },
  };
}
