/**
 * Measured training speeds of nets on this machine. `key` identifies everything that the speed depends on
 * (`lab/base/paceKey.ts`). A row may be lost, because it takes only a second to measure again.
 */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec(`
    CREATE TABLE paces (
      key TEXT PRIMARY KEY,
      seconds_per_step REAL NOT NULL,
      seconds_per_test_image REAL NOT NULL,
      start_seconds REAL NOT NULL,
      measured_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `);
}
