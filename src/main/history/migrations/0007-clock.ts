/**
 * Seconds of training, pauses excluded, at the end of each chunk of batch losses, for curves over time. One
 * number per thousand steps is compact and nearly exact, since speed changes slowly within them (when another
 * run starts or ends); one per step would double the table. Null in older rows, for which only an epoch's end
 * is timed.
 */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec('ALTER TABLE batch_losses ADD COLUMN seconds REAL');
}
