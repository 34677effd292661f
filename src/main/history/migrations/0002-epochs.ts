/** Results of each epoch. The confusion matrix is JSON, row-major; losses are null if they are NaN. */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec(`
    CREATE TABLE epochs (
      run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      epoch INTEGER NOT NULL,
      train_loss REAL,
      test_loss REAL,
      test_correct INTEGER NOT NULL,
      test_total INTEGER NOT NULL,
      confusion TEXT NOT NULL,
      train_seconds REAL NOT NULL,
      test_seconds REAL NOT NULL,
      PRIMARY KEY (run, epoch)
    ) STRICT;
  `);
}
