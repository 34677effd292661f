/** Exports runs for other programs: the table of runs, and one run's curves. */
import { toJson } from '../../shared/base/json.ts';
import type { RunDetail, RunSummary } from '../../shared/runs/runs.ts';
import { type CsvValue, csv } from './csv.ts';

const share = (part: number | undefined, whole: number | undefined): number | null =>
  part === undefined || !whole ? null : Number(((100 * part) / whole).toPrecision(12));

/**
 * Columns of the table, named as in the filter's language, so that a table's values can be used in a filter.
 */
const columns: Readonly<Record<string, (run: RunSummary) => CsvValue>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  net: ({ network }) => network.name,
  status: ({ status }) => status,
  dataset: ({ dataset }) => dataset,
  accuracy: ({ best, last }) => share(best?.testCorrect, last?.testTotal),
  best_epoch: ({ best }) => best?.epoch ?? null,
  last: ({ last }) => share(last?.testCorrect, last?.testTotal),
  loss: ({ last }) => last?.testLoss ?? null,
  parameters: ({ parameterCount }) => parameterCount,
  epochs: ({ epochsDone }) => epochsDone,
  epochs_planned: ({ settings }) => settings.epochs,
  time: ({ trainSeconds }) => trainSeconds,
  seed: ({ settings }) => settings.seed,
  optimizer: ({ settings }) => settings.optimizer.type,
  lr: ({ settings }) => settings.optimizer.learningRate,
  momentum: ({ settings }) => ('momentum' in settings.optimizer ? settings.optimizer.momentum : null),
  weight_decay: ({ settings }) => settings.optimizer.weightDecay,
  batch: ({ settings }) => settings.batchSize,
  schedule: ({ settings }) => settings.schedule.type,
  sweep: ({ sweep }) => sweep?.id ?? null,
  net_id: ({ origin }) => origin?.network ?? null,
  net_version: ({ origin }) => origin?.version ?? null,
  net_changed: ({ origin }) => origin?.changed ?? null,
  tags: ({ tags }) => tags.join(', '),
  note: ({ note }) => note,
  archived: ({ archived }) => archived,
  created: ({ createdAt }) => createdAt,
  started: ({ startedAt }) => startedAt,
  ended: ({ endedAt }) => endedAt,
};

export function runsCsv(runs: readonly RunSummary[]): string {
  const names = Object.keys(columns);
  return csv(
    names,
    runs.map((run) => names.map((name) => columns[name]!(run))),
  );
}

/** Returns runs as JSON. A NaN loss is `{"number":"NaN"}` (shared/base/json.ts). */
export function runsJson(runs: readonly RunSummary[]): string {
  return toJson({ stride: 'runs', runs });
}

export function epochsCsv({ epochs }: RunDetail): string {
  return csv(
    [
      'epoch',
      'train_loss',
      'test_loss',
      'test_accuracy',
      'test_correct',
      'test_total',
      'validation_loss',
      'validation_accuracy',
      'learning_rate',
      'train_seconds',
      'test_seconds',
    ],
    epochs.map((record) => [
      record.epoch,
      record.trainLoss,
      record.testLoss,
      share(record.testCorrect, record.testTotal),
      record.testCorrect,
      record.testTotal,
      record.details?.validation?.loss ?? null,
      share(record.details?.validation?.correct, record.details?.validation?.total),
      record.details?.learningRate ?? null,
      record.trainSeconds,
      record.testSeconds,
    ]),
  );
}

/** Returns batch losses as CSV. Steps are counted from 1, as is a batch within its epoch. */
export function batchesCsv({ stepsPerEpoch }: RunSummary, losses: Float32Array): string {
  const rows = Array.from(losses, (loss, step): CsvValue[] => [
    step + 1,
    Math.floor(step / stepsPerEpoch) + 1,
    (step % stepsPerEpoch) + 1,
    loss,
  ]);
  return csv(['step', 'epoch', 'batch', 'loss'], rows);
}

export function runJson(run: RunDetail, losses: Float32Array): string {
  return toJson({ stride: 'run', ...run, batchLosses: Array.from(losses) });
}
