/** The table of runs' events. */
import { fromJson, toJson } from '../../../shared/base/json.ts';
import type { Happening, RunEvent } from '../../../shared/runs/runEvents.ts';
import type { LearningRateChange } from '../../../shared/training/training.ts';
import type { Db } from '../sqlite.ts';

export interface RunPosition {
  /** Number of steps taken, and the current epoch, counted from 1. */
  readonly step: number;
  readonly epoch: number;
}

export interface RunEvents {
  /**
   * Appends an event and returns it as stored. `at` is now by default. A change of the learning rate removes
   * later ones.
   */
  append(run: number, happening: Happening, place: RunPosition, at?: string): RunEvent;
  /** Returns a run's events in order. */
  list(run: number): RunEvent[];
  /** Returns changes of the learning rate by step, only the last one of several at one step. */
  learningRates(run: number): LearningRateChange[];
  /** Removes ends of epochs, and best epochs, from `epoch` on, because the run will reach them again. */
  truncate(run: number, epoch: number): void;
}

interface Row {
  seq: number;
  at: string;
  step: number;
  epoch: number;
  kind: string;
  detail: string;
}

export function runEventsTable(db: Db): RunEvents {
  const insert = db.prepare(`
    INSERT INTO run_events (run, seq, at, step, epoch, kind, detail)
    VALUES (@run, (SELECT coalesce(max(seq), 0) + 1 FROM run_events WHERE run = @run), @at, @step, @epoch, @kind, @detail)
    RETURNING seq`);
  const undoLater = db.prepare(
    "DELETE FROM run_events WHERE run = @run AND kind = 'learningRate' AND step > @step",
  );
  const list = db.prepare(
    'SELECT seq, at, step, epoch, kind, detail FROM run_events WHERE run = ? ORDER BY seq',
  );
  const rates = db.prepare(`
    SELECT step, detail FROM run_events WHERE run = ? AND kind = 'learningRate' ORDER BY step, seq`);
  const truncate = db.prepare(
    "DELETE FROM run_events WHERE run = ? AND kind IN ('epoch', 'best') AND epoch >= ?",
  );
  const append = db.transaction(
    (run: number, { kind, detail }: Happening, { step, epoch }: RunPosition, at: string) => {
      if (kind === 'learningRate') undoLater.run({ run, step });
      const row = insert.get({ run, at, step, epoch, kind, detail: toJson(detail) }) as { seq: number };
      return { seq: row.seq, at, step, epoch, kind, detail } as RunEvent;
    },
  );

  return {
    append: (run, happening, place, at = new Date().toISOString()) => append(run, happening, place, at),
    list: (run) =>
      (list.all(run) as Row[]).map((row) => ({ ...row, detail: fromJson(row.detail) }) as RunEvent),
    learningRates: (run) => {
      const rows = rates.all(run) as Pick<Row, 'step' | 'detail'>[];
      const changes = rows.map(({ step, detail }): [number, LearningRateChange] => {
        const { learningRate } = fromJson(detail) as { learningRate: number };
        // The event has the number of steps taken; the next step is the first with the new rate.
        return [step, { step: step + 1, learningRate }];
      });
      return [...new Map(changes).values()];
    },
    truncate: (run, epoch) => {
      truncate.run(run, epoch);
    },
  };
}
