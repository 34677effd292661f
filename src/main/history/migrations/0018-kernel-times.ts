/**
 * How long a net's step was measured to take with each kernels (`shared/training/kernels.ts`). `key` identifies
 * everything that it depends on (`lab/base/paceKey.ts`).
 */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec(`
    CREATE TABLE kernel_times (
      key TEXT PRIMARY KEY,
      -- Seconds a step.
      stride REAL NOT NULL,
      tensorflow REAL NOT NULL,
      measured_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `);
}
