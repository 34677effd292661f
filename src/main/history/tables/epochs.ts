/** The table of epochs, one row per epoch of a run. */
import { fromJson, toJson } from '../../../shared/base/json.ts';
import type { EpochDetails, EpochRecord } from '../../../shared/runs/runs.ts';
import { numberFromColumn, numberToColumn } from '../numbers.ts';
import type { Db } from '../sqlite.ts';

export interface Epochs {
  insert(run: number, record: EpochRecord): void;
  /** Returns a run's epochs in order. */
  list(run: number): EpochRecord[];
  /** Returns the seconds of training in all finished epochs. */
  trainSeconds(run: number): number;
  /** Removes the epochs from `epoch` on. */
  truncate(run: number, epoch: number): void;
}

interface Row {
  epoch: number;
  train_loss: number | null;
  test_loss: number | null;
  test_correct: number;
  test_total: number;
  confusion: string;
  train_seconds: number;
  test_seconds: number;
  details: string | null;
}

export function epochsTable(db: Db): Epochs {
  const insert = db.prepare(`
    INSERT INTO epochs (run, epoch, train_loss, test_loss, test_correct, test_total, confusion, train_seconds, test_seconds, details)
    VALUES (@run, @epoch, @trainLoss, @testLoss, @testCorrect, @testTotal, @confusion, @trainSeconds, @testSeconds, @details)`);
  const list = db.prepare('SELECT * FROM epochs WHERE run = ? ORDER BY epoch');
  const trainSeconds = db.prepare('SELECT total(train_seconds) FROM epochs WHERE run = ?').pluck();
  const truncate = db.prepare('DELETE FROM epochs WHERE run = ? AND epoch >= ?');

  return {
    insert: (run, record) => {
      insert.run({
        ...record,
        run,
        trainLoss: numberToColumn(record.trainLoss),
        testLoss: numberToColumn(record.testLoss),
        confusion: JSON.stringify(record.confusion),
        details: record.details && toJson(record.details),
      });
    },
    list: (run) =>
      (list.all(run) as Row[]).map((row) => ({
        epoch: row.epoch,
        trainLoss: numberFromColumn(row.train_loss),
        testLoss: numberFromColumn(row.test_loss),
        testCorrect: row.test_correct,
        testTotal: row.test_total,
        confusion: JSON.parse(row.confusion) as number[],
        trainSeconds: row.train_seconds,
        testSeconds: row.test_seconds,
        details: row.details === null ? null : (fromJson(row.details) as EpochDetails),
      })),
    trainSeconds: (run) => trainSeconds.get(run) as number,
    truncate: (run, epoch) => {
      truncate.run(run, epoch);
    },
  };
}
