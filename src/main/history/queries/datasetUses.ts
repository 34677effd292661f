/** Runs by the data set that they were trained on. */
import type { RunStatus } from '../../../shared/runs/runs.ts';
import type { Db } from '../sqlite.ts';

export interface DatasetUse {
  readonly id: number;
  readonly name: string;
  readonly status: RunStatus;
}

export interface DatasetUses {
  /** Returns the runs trained on the data set with this hash, newest first, without deleted ones. */
  ofHash(hash: string): DatasetUse[];
}

export function datasetUses(db: Db): DatasetUses {
  const list = db.prepare(
    'SELECT id, name, status FROM runs WHERE dataset_hash = ? AND deleted_at IS NULL ORDER BY id DESC',
  );
  return { ofHash: (hash) => list.all(hash) as DatasetUse[] };
}
