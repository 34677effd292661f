/**
 * The stored net that a run was trained from, its version then, and whether it had been changed since that
 * version. Null for older runs, for presets, and for nets that were not stored. A run outlives its net.
 */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec(`
    ALTER TABLE runs ADD COLUMN origin_network INTEGER;
    ALTER TABLE runs ADD COLUMN origin_version INTEGER;
    ALTER TABLE runs ADD COLUMN origin_changed INTEGER;
  `);
}
