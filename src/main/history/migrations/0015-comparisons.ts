/** Named comparisons: their runs, the baseline among these, and notes. */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec(`
    CREATE TABLE comparisons (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      -- Numbers of runs as a JSON array. A run that is deleted stays in here, and is told to be gone.
      runs TEXT NOT NULL,
      baseline INTEGER,
      note TEXT NOT NULL,
      updated_at TEXT NOT NULL
    ) STRICT;
  `);
}
