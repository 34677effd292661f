/**
 * How many seconds of training, pauses excluded, a run had taken by the end of each chunk of batch losses: for curves
 * over time. One number a thousand steps is compact, and nearly exact, since speed changes slowly within them (another
 * run starts or ends); a number a step would double the table. Null before this: then only an epoch's end is timed.
 */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec('ALTER TABLE batch_losses ADD COLUMN seconds REAL');
}
