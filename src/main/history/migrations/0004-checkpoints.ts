/**
 * Checkpoints that a run has on disk. `kind` is their purpose (`last`: to resume from); the file's name is
 * relative to the run's folder, so that STRIDE_HOME may move.
 */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec(`
    CREATE TABLE checkpoints (
      run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      kind TEXT NOT NULL,
      file TEXT NOT NULL,
      step INTEGER NOT NULL,
      epoch INTEGER NOT NULL,
      batch INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      saved_at TEXT NOT NULL,
      PRIMARY KEY (run, kind)
    ) STRICT, WITHOUT ROWID;
  `);
}
