/** A row of the table of runs, and the runs that are made of it. */
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import type { Network } from '../../../shared/network/network.ts';
import type { KnownRun } from '../../../shared/runs/manifest.ts';
import type { Machine, RunDetail, RunStatus, RunSummary } from '../../../shared/runs/runs.ts';
import type { TrainingSettings } from '../../../shared/training/training.ts';
import { numberFromColumn } from '../numbers.ts';

/** Phases of a run that may end its process; see migration 16. */
export type Doing = 'loading' | 'firstStep' | 'firstEvaluation';

/** A run without its data in other tables. */
export type RunRecord = Omit<RunDetail, 'epochs' | 'runningLosses' | 'bestCheckpoint'>;

export interface RunRow {
  id: number;
  name: string;
  network: string;
  settings: string;
  dataset: string;
  dataset_hash: string;
  status: RunStatus;
  problem: string | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  shards: number;
  stride_version: string;
  node_version: string;
  tensorflow_version: string;
  machine: string;
  parameter_count: number;
  steps_per_epoch: number;
  step: number;
  epochs_done: number;
  train_seconds: number;
  best_epoch: number | null;
  best_correct: number | null;
  last_epoch: number | null;
  last_correct: number | null;
  last_total: number | null;
  last_loss: number | null;
  sweep_id: number | null;
  sweep_position: number | null;
  origin_network: number | null;
  origin_version: number | null;
  origin_changed: number | null;
  archived: number;
  deleted_at: string | null;
  tags: string;
  note: string | null;
  identity: string;
  from_before: number;
}

/** The columns are listed because `*` would compute the generated columns needlessly. */
export const runColumns = `id, name, network, settings, dataset, dataset_hash, status, problem, created_at, started_at, ended_at,
  shards, stride_version, node_version, tensorflow_version, machine, parameter_count, steps_per_epoch, step,
  epochs_done, train_seconds, best_epoch, best_correct, last_epoch, last_correct, last_total, last_loss, sweep_id,
  sweep_position, origin_network, origin_version, origin_changed, archived, deleted_at, identity, from_before,
  (SELECT json_group_array(tag ORDER BY tag) FROM run_tags WHERE run = runs.id) AS tags,
  (SELECT note FROM run_notes WHERE run = runs.id) AS note`;

/** The statuses of an active run, as SQL. */
export const underWay = "('queued', 'running', 'paused')";

export function summaryOf(row: RunRow): RunSummary {
  const { best_epoch, best_correct, last_epoch, last_correct, last_total } = row;
  return {
    id: row.id,
    name: row.name,
    network: JSON.parse(row.network) as Network,
    settings: JSON.parse(row.settings) as TrainingSettings,
    dataset: row.dataset,
    status: row.status,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    parameterCount: row.parameter_count,
    stepsPerEpoch: row.steps_per_epoch,
    step: row.step,
    epochsDone: row.epochs_done,
    best:
      best_epoch === null || best_correct === null ? null : { epoch: best_epoch, testCorrect: best_correct },
    last:
      last_epoch === null || last_correct === null || last_total === null
        ? null
        : {
            epoch: last_epoch,
            testCorrect: last_correct,
            testTotal: last_total,
            testLoss: numberFromColumn(row.last_loss),
          },
    trainSeconds: row.train_seconds,
    problem: row.problem === null ? null : (JSON.parse(row.problem) as ProblemRecord),
    tags: JSON.parse(row.tags) as string[],
    note: row.note ?? '',
    archived: row.archived === 1,
    deletedAt: row.deleted_at,
    ...(row.origin_network !== null && {
      origin: {
        network: row.origin_network,
        version: row.origin_version ?? 0,
        changed: row.origin_changed === 1,
      },
    }),
    ...(row.sweep_id !== null &&
      row.sweep_position !== null && { sweep: { id: row.sweep_id, position: row.sweep_position } }),
  };
}

export function recordOf(row: RunRow): RunRecord {
  return {
    ...summaryOf(row),
    datasetHash: row.dataset_hash,
    shards: row.shards,
    versions: { stride: row.stride_version, node: row.node_version, tensorflow: row.tensorflow_version },
    machine: JSON.parse(row.machine) as Machine,
  };
}

export function knownOf(row: RunRow): KnownRun {
  const { name, network, settings, dataset, parameterCount, stepsPerEpoch, createdAt } = summaryOf(row);
  const { datasetHash, shards, versions, machine } = recordOf(row);
  return {
    fromBefore: row.from_before === 1,
    manifest: {
      ...{
        stride: 'run',
        identity: row.identity,
        run: row.id,
        name,
        network,
        settings,
        dataset,
        datasetHash,
      },
      ...{ shards, parameterCount, stepsPerEpoch, versions, machine, createdAt },
    },
  };
}
