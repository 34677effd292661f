/**
 * Sweeps. The definition is JSON and describes all of the sweep's runs; a run has a row only once it has
 * begun, which then has its position in the sweep. `workers` is the number of concurrent runs and `shards`
 * the number of shards per batch.
 */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec(`
    CREATE TABLE sweeps (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      definition TEXT NOT NULL,
      status TEXT NOT NULL,
      problem TEXT,
      owner TEXT,
      workers INTEGER NOT NULL,
      shards INTEGER NOT NULL,
      combinations INTEGER NOT NULL,
      seeds INTEGER NOT NULL,
      created_at TEXT NOT NULL,
      ended_at TEXT
    ) STRICT;
    ALTER TABLE runs ADD COLUMN sweep_id INTEGER REFERENCES sweeps (id) ON DELETE SET NULL;
    ALTER TABLE runs ADD COLUMN sweep_position INTEGER;
    CREATE UNIQUE INDEX runs_by_sweep ON runs (sweep_id, sweep_position) WHERE sweep_id IS NOT NULL;
  `);
}
