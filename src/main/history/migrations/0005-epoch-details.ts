/**
 * Further results of an epoch (learning rate, validation, layer health) as JSON, because they are only read
 * whole. Null in older rows.
 */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec('ALTER TABLE epochs ADD COLUMN details TEXT');
}
