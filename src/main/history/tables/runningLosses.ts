/** The table of running losses: the mean of every 300 batches, as the course's scripts print it. */
import type { RunningLoss } from '../../../shared/runs/runs.ts';
import { numberFromColumn, numberToColumn } from '../numbers.ts';
import type { Db } from '../sqlite.ts';

export interface RunningLosses {
  insert(run: number, record: RunningLoss): void;
  /** Returns running losses in the order of training. */
  list(run: number): RunningLoss[];
  /** Removes losses after batch `batch` of epoch `epoch`. */
  truncate(run: number, epoch: number, batch: number): void;
}

export function runningLossesTable(db: Db): RunningLosses {
  const insert = db.prepare('INSERT INTO running_losses (run, epoch, batch, loss) VALUES (?, ?, ?, ?)');
  const list = db.prepare(
    'SELECT epoch, batch, loss FROM running_losses WHERE run = ? ORDER BY epoch, batch',
  );
  const truncate = db.prepare('DELETE FROM running_losses WHERE run = ? AND (epoch, batch) > (?, ?)');

  return {
    insert: (run, { epoch, batch, loss }) => {
      insert.run(run, epoch, batch, numberToColumn(loss));
    },
    list: (run) =>
      (list.all(run) as { epoch: number; batch: number; loss: number | null }[]).map((row) => ({
        ...row,
        loss: numberFromColumn(row.loss),
      })),
    truncate: (run, epoch, batch) => {
      truncate.run(run, epoch, batch);
    },
  };
}
