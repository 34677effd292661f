/**
 * A run's identity: random, and the same in history, in the run's folder and in its checkpoints, so that a
 * file is never mistaken for that of another run with the same number. Existing runs get one too;
 * `from_before` means that files without an identity may be theirs.
 */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec(`
    ALTER TABLE runs ADD COLUMN identity TEXT;
    ALTER TABLE runs ADD COLUMN from_before INTEGER NOT NULL DEFAULT 0;
    UPDATE runs SET identity = lower(hex(randomblob(16))), from_before = 1;
    CREATE UNIQUE INDEX runs_by_identity ON runs (identity);
  `);
}
