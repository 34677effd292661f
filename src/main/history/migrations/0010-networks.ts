/**
 * Nets that are kept. `network` is how the net is now, written whenever it is edited; a version is how it was when somebody
 * said so. `revision` counts the writings, so that a window knows whether it has the newest. Deleting only marks
 * a net, for it can be undone; what has been deleted for long goes at a start.
 */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec(`
    CREATE TABLE networks (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      network TEXT NOT NULL,
      revision INTEGER NOT NULL DEFAULT 1,
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL,
      deleted_at TEXT
    ) STRICT;
    CREATE INDEX networks_by_update ON networks (updated_at);
    CREATE TABLE network_versions (
      network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
      version INTEGER NOT NULL,
      network TEXT NOT NULL,
      note TEXT NOT NULL,
      created_at TEXT NOT NULL,
      PRIMARY KEY (network_id, version)
    ) STRICT, WITHOUT ROWID;
  `);
}
