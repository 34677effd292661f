/** Which runs were trained on which images. */
import type { RunStatus } from '../../../shared/runs/runs.ts';
import type { Db } from '../sqlite.ts';

export interface DatasetUse {
  readonly id: number;
  readonly name: string;
  readonly status: RunStatus;
}

export interface DatasetUses {
  /** The runs of a data set, by its hash; the newest first, without those that are deleted. */
  ofHash(hash: string): DatasetUse[];
}

export function datasetUses(db: Db): DatasetUses {
  const list = db.prepare(
    'SELECT id, name, status FROM runs WHERE dataset_hash = ? AND deleted_at IS NULL ORDER BY id DESC',
  );
  return { ofHash: (hash) => list.all(hash) as DatasetUse[] };
}
