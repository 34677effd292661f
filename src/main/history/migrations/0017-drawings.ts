/** Drawings that are kept as a test set: the pixels of the net's input, and the intended class. */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec(`
    CREATE TABLE drawings (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      -- The data set for whose nets it was prepared: its size, its channels and its classes.
      dataset TEXT NOT NULL,
      label INTEGER NOT NULL,
      -- Bytes, channel by channel, row by row.
      pixels BLOB NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX drawings_by_dataset ON drawings (dataset, id);
  `);
}
