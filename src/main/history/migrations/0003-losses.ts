/**
 * Losses: the mean of every 300 batches, and the loss of every batch. The latter are many (9,380 in a run of
 * the course net), so they are stored in chunks of up to 1,024 as little-endian float32, each chunk
 * identified by its first step.
 */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec(`
    CREATE TABLE running_losses (
      run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      epoch INTEGER NOT NULL,
      batch INTEGER NOT NULL,
      loss REAL,
      PRIMARY KEY (run, epoch, batch)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE batch_losses (
      run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      first_step INTEGER NOT NULL,
      losses BLOB NOT NULL,
      PRIMARY KEY (run, first_step)
    ) STRICT;
  `);
}
