/**
 * Runs. The columns that a list shows of a run (its last and best epoch, its progress) are in the run's own
 * row, so that a list of thousands reads one table. Networks, settings, machines and problems are JSON
 * because they are only read whole.
 *
 * With AUTOINCREMENT the number of a deleted run is not reused, because run folders are named by it. `owner`
 * names the lock of the process that trains the run (`owners.ts`), or is null. Losses are null if they are
 * NaN, which SQLite cannot store.
 */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec(`
    CREATE TABLE runs (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      network TEXT NOT NULL,
      settings TEXT NOT NULL,
      dataset TEXT NOT NULL,
      dataset_hash TEXT NOT NULL,
      status TEXT NOT NULL,
      problem TEXT,
      owner TEXT,
      created_at TEXT NOT NULL,
      started_at TEXT,
      ended_at TEXT,
      updated_at TEXT NOT NULL,
      shards INTEGER NOT NULL,
      stride_version TEXT NOT NULL,
      node_version TEXT NOT NULL,
      tensorflow_version TEXT NOT NULL,
      machine TEXT NOT NULL,
      parameter_count INTEGER NOT NULL,
      steps_per_epoch INTEGER NOT NULL,
      step INTEGER NOT NULL DEFAULT 0,
      epochs_done INTEGER NOT NULL DEFAULT 0,
      train_seconds REAL NOT NULL DEFAULT 0,
      best_epoch INTEGER,
      best_correct INTEGER,
      last_epoch INTEGER,
      last_correct INTEGER,
      last_total INTEGER,
      last_loss REAL
    ) STRICT;
    CREATE INDEX runs_by_created ON runs (created_at);
    CREATE INDEX runs_by_status ON runs (status);
  `);
}
