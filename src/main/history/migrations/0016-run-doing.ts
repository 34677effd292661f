/**
 * The current phase of a run that may end its whole process: building and loading its graph, its first step,
 * its first evaluation. Null once all of these have succeeded. It is read when the process has ended.
 */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec('ALTER TABLE runs ADD COLUMN doing TEXT');
}
