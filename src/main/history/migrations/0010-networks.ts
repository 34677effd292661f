/**
 * Stored nets. `network` is the current net, written at every edit; a version is a copy saved on request.
 * `revision` counts the writes, so that a window knows whether it has the newest. Deletion only marks a net
 * because it can be undone; nets deleted long ago are removed when Stride starts.
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
