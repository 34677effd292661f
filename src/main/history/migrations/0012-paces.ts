/**
 * How fast nets were found to train on this machine. `key` names what the speed depends on (`lab/runs/estimates.ts`); a row is
 * worth no more than the second that it took to measure, and may be lost.
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
