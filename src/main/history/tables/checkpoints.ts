/** The table of checkpoints: which files a run has to go on from. The files are `main/checkpoints`' concern. */
import type { CheckpointKind } from '../../../shared/inspect/inspection.ts';
import type { Db } from '../sqlite.ts';

export interface CheckpointRecord {
  readonly kind: CheckpointKind;
  /** Name within the run's folder. */
  readonly file: string;
  /** Steps done in all; the epoch under way, from 1; batches done in it. */
  readonly step: number;
  readonly epoch: number;
  readonly batch: number;
  readonly bytes: number;
}

export interface Checkpoints {
  /** Adds the record or takes the place of the one before it. */
  put(run: number, record: CheckpointRecord): void;
  get(run: number, kind: CheckpointKind): CheckpointRecord | undefined;
  /** Removes those of a later step. */
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
