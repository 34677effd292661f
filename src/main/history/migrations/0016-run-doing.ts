/**
 * What a run is doing that may end its whole process: building and loading its graph, its first step, its first evaluation.
 * Null while it does nothing that it has not done before. Read when the process has gone.
 */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec('ALTER TABLE runs ADD COLUMN doing TEXT');
}
