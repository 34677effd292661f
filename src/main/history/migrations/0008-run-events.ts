/**
 * Events of a run, in order. `detail` is JSON whose shape depends on the kind (`shared/runs/runEvents.ts`).
 * Changes of the learning rate are read from here when the run resumes, so that they are repeated at the same
 * steps.
 */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec(`
    CREATE TABLE run_events (
      run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      seq INTEGER NOT NULL,
      at TEXT NOT NULL,
      step INTEGER NOT NULL,
      epoch INTEGER NOT NULL,
      kind TEXT NOT NULL,
      detail TEXT NOT NULL,
      PRIMARY KEY (run, seq)
    ) STRICT, WITHOUT ROWID;
  `);
}
