/**
 * Organisation of runs: tags, notes, archive and deletion, and the columns that runs are found, sorted and
 * grouped by.
 *
 * A deleted run is only marked, so that it can be restored; `purging` means that its files are being removed,
 * after which it cannot. Notes are in a table of their own because they may be long and few runs have one.
 *
 * Values from a run's JSON or derived from its counts are generated columns. `runs_narrow` covers the columns
 * used in queries over many runs: without it, a filter over 10,000 runs would read their networks and
 * settings too, 30 MB.
 */
import type { Db } from '../sqlite.ts';

export function up(db: Db): void {
  db.exec(`
    ALTER TABLE runs ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN deleted_at TEXT;
    ALTER TABLE runs ADD COLUMN purging INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN net TEXT AS (json_extract(network, '$.name')) VIRTUAL;
    ALTER TABLE runs ADD COLUMN optimizer TEXT AS (json_extract(settings, '$.optimizer.type')) VIRTUAL;
    ALTER TABLE runs ADD COLUMN learning_rate REAL AS (json_extract(settings, '$.optimizer.learningRate')) VIRTUAL;
    ALTER TABLE runs ADD COLUMN batch_size INTEGER AS (json_extract(settings, '$.batchSize')) VIRTUAL;
    ALTER TABLE runs ADD COLUMN seed INTEGER AS (json_extract(settings, '$.seed')) VIRTUAL;
    ALTER TABLE runs ADD COLUMN best_accuracy REAL AS (100.0 * best_correct / last_total) VIRTUAL;
    ALTER TABLE runs ADD COLUMN last_accuracy REAL AS (100.0 * last_correct / last_total) VIRTUAL;
    CREATE INDEX runs_narrow ON runs (purging, deleted_at, archived, created_at, name, net, status, dataset, optimizer,
      learning_rate, batch_size, seed, best_accuracy, last_accuracy, last_loss, parameter_count, epochs_done,
      train_seconds, sweep_id);
    CREATE TABLE run_tags (
      run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      tag TEXT NOT NULL COLLATE NOCASE,
      PRIMARY KEY (run, tag)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX run_tags_by_tag ON run_tags (tag, run);
    CREATE TABLE run_notes (
      run INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
      note TEXT NOT NULL
    ) STRICT;
  `);
}
