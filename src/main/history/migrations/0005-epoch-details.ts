/** What else an epoch came to (learning rate, validation, layer health), as JSON: it is read whole. Null before this. */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec('ALTER TABLE epochs ADD COLUMN details TEXT');
}
