/**
 * The table of batch losses: every step's loss, as float32 in chunks of 1,024 (4 kB, about a page). All
 * chunks but the last are full, so a loss is found by its step, and a run of the course net takes ten rows.
 * Each chunk has the seconds of training up to its last step.
 */
import type { ClockReading } from '../../../shared/runs/runs.ts';
import type { Db } from '../sqlite.ts';

export interface BatchLosses {
  /**
   * Appends losses of the steps starting at `from` (counted from 0), which must be the number stored so far.
   * `seconds` is the training time up to the last of them, or null if it is not known.
   */
  append(run: number, from: number, losses: Float32Array, seconds: number | null): void;
  /** Returns every loss from step `from` on. */
  read(run: number, from: number): Float32Array;
  /** Returns the training time at the end of each chunk that ends after step `from`, in order. */
  clock(run: number, from: number): ClockReading[];
  /** Returns the number of stored losses. */
  count(run: number): number;
  /** Removes the losses from `step` on. */
  truncate(run: number, step: number): void;
}

export const chunkLength = 1024;

interface Chunk {
  first_step: number;
  losses: Buffer;
  seconds: number | null;
}

export function batchLossesTable(db: Db): BatchLosses {
  const put = db.prepare(
    'INSERT OR REPLACE INTO batch_losses (run, first_step, losses, seconds) VALUES (?, ?, ?, ?)',
  );
  const last = db.prepare(
    'SELECT first_step, losses, seconds FROM batch_losses WHERE run = ? ORDER BY first_step DESC LIMIT 1',
  );
  const extent = db
    .prepare(
      'SELECT first_step + length(losses) / 4 FROM batch_losses WHERE run = ? ORDER BY first_step DESC LIMIT 1',
    )
    .pluck();
  const from = db.prepare(
    'SELECT first_step, losses FROM batch_losses WHERE run = ? AND first_step > ? ORDER BY first_step',
  );
  const clock = db.prepare(`
    SELECT first_step + length(losses) / 4 AS step, seconds FROM batch_losses
    WHERE run = ? AND first_step > ? AND seconds IS NOT NULL ORDER BY first_step`);
  const remove = db.prepare('DELETE FROM batch_losses WHERE run = ? AND first_step >= ?');

  const count = (run: number): number => (extent.get(run) as number | undefined) ?? 0;

  return {
    count,
    clock: (run, first) => clock.all(run, first - chunkLength) as ClockReading[],
    append: (run, first, losses, seconds) => {
      const tail = last.get(run) as Chunk | undefined;
      const kept = tail ? tail.first_step + tail.losses.length / 4 : 0;
      if (first !== kept)
        throw new Error(`run ${run}: losses from step ${first} on cannot follow ${kept} losses`);
      const secondsAt = clockBetween(tail ? tail.seconds : 0, seconds, kept, losses.length);
      // The last, partial chunk is rewritten together with the losses that follow it.
      let start = Math.floor(kept / chunkLength) * chunkLength;
      let pending = bytesOf(losses);
      if (tail && kept > start) pending = Buffer.concat([tail.losses, pending]);
      for (let done = 0; done < pending.length; done += chunkLength * 4, start += chunkLength) {
        const part = pending.subarray(done, done + chunkLength * 4);
        const last = done + part.length === pending.length;
        put.run(run, start, part, last ? seconds : secondsAt(start + chunkLength));
      }
    },
    read: (run, first) => {
      const chunks = from.all(run, first - chunkLength) as Chunk[];
      const end = chunks.reduce((_, chunk) => chunk.first_step + chunk.losses.length / 4, first);
      const losses = new Float32Array(Math.max(0, end - first));
      const bytes = bytesOf(losses);
      for (const chunk of chunks) {
        const skip = Math.max(0, first - chunk.first_step) * 4;
        bytes.set(chunk.losses.subarray(skip), Math.max(0, chunk.first_step - first) * 4);
      }
      return losses;
    },
    truncate: (run, step) => {
      remove.run(run, step);
      const tail = last.get(run) as Chunk | undefined;
      if (!tail || tail.first_step + tail.losses.length / 4 <= step) return;
      // The training time at this step is not known; the next losses bring their own.
      put.run(run, tail.first_step, tail.losses.subarray(0, (step - tail.first_step) * 4), null);
    },
  };
}

/**
 * Returns the training time at a step among `count` losses that follow `first`. It is interpolated: they span a quarter
 * of a second.
 */
function clockBetween(before: number | null, after: number | null, first: number, count: number) {
  return (step: number): number | null =>
    before === null || after === null ? null : before + ((after - before) * (step - first)) / count;
}

/**
 * Returns the bytes, which are little-endian on every platform that Stride runs on, as the file needs them.
 */
function bytesOf(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
