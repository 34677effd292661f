/** The table of runs: their definition, owner, progress and results. */
import type { Network } from '../../../shared/network/network.ts';
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import {
  type Machine,
  type RunDetail,
  type RunOrigin,
  type RunStatus,
  type RunSummary,
  type Versions,
  resumable,
} from '../../../shared/runs/runs.ts';
import type { TrainingSettings } from '../../../shared/training/training.ts';
import type { KnownRun } from '../../../shared/runs/manifest.ts';
import { numberFromColumn } from '../numbers.ts';
import type { Db } from '../sqlite.ts';

export interface NewRun {
  readonly name: string;
  readonly network: Network;
  readonly settings: TrainingSettings;
  readonly dataset: string;
  readonly datasetHash: string;
  readonly shards: number;
  readonly parameterCount: number;
  readonly stepsPerEpoch: number;
  readonly versions: Versions;
  readonly machine: Machine;
  readonly origin?: RunOrigin | undefined;
  /**
   * Identity and number of a run that is restored into history; a new run gets a random identity and the next
   * number.
   */
  readonly recovered?: { readonly identity: string; readonly id?: number } | undefined;
}

/** Phases of a run that may end its process; see migration 16. */
export type Doing = 'loading' | 'firstStep' | 'firstEvaluation';

export type RunRecord = Omit<RunDetail, 'epochs' | 'runningLosses' | 'bestCheckpoint'>;

export interface Runs {
  /** Adds a queued run that belongs to `owner` and returns its number. `at` is now by default. */
  insert(run: NewRun, owner: string, at?: string): number;
  /** Returns the data that the run's files are compared with, also for a run that is being purged. */
  known(id: number): KnownRun | undefined;
  /** Returns the number of every run by its identity. */
  identities(): Map<string, number>;
  /** Makes the next run's number larger than this. */
  reserve(highest: number): void;
  summary(id: number): RunSummary | undefined;
  /** Returns a run without its data in other tables. */
  record(id: number): RunRecord | undefined;
  /** Returns rows in the order of `ids`, without those that do not exist. */
  rows(ids: readonly number[]): RunSummary[];
  /** Returns runs, newest first, without deleted ones. */
  list(limit: number, offset: number): RunSummary[];
  count(): number;
  /**
   * Queues the run for `owner`. Returns true if it could be resumed and no other process claimed it before.
   */
  claim(id: number, owner: string): boolean;
  /**
   * Sets the status and the columns that depend on it: times, owner, and the problem that is given (or null).
   */
  setStatus(id: number, status: RunStatus, problem: ProblemRecord | null): void;
  /** Sets the total number of steps taken and the seconds of training. */
  setProgress(id: number, step: number, trainSeconds: number): void;
  setStarted(id: number, tensorflow: string, stepsPerEpoch: number): void;
  /**
   * Updates the number of finished epochs and the last and best results from the table of epochs; the first
   * of equal epochs is the best.
   */
  refreshResults(id: number): void;
  /** Sets the current phase that may end the run's process; null once all such phases have succeeded. */
  setDoing(id: number, doing: Doing | null): void;
  /** Returns the runs among these whose process ended in such a phase. */
  doing(ids: readonly number[]): { id: number; doing: Doing }[];
  /** Sets the reason for a run's status, which does not change. */
  setProblem(id: number, problem: ProblemRecord): void;
  ownerOf(id: number): string | null;
  /**
   * Returns runs that were updated at `at` or later and are not `owner`'s, with the time of their last
   * update.
   */
  movedSince(at: string, owner: string): { id: number; at: string }[];
  /** Returns the owners of active runs other than `owner`. */
  foreignOwners(owner: string): string[];
  /** Interrupts the active runs of an owner whose process has ended, and returns their numbers. */
  interrupt(owner: string): number[];
}

interface Row {
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
const columns = `id, name, network, settings, dataset, dataset_hash, status, problem, created_at, started_at, ended_at,
  shards, stride_version, node_version, tensorflow_version, machine, parameter_count, steps_per_epoch, step,
  epochs_done, train_seconds, best_epoch, best_correct, last_epoch, last_correct, last_total, last_loss, sweep_id,
  sweep_position, origin_network, origin_version, origin_changed, archived, deleted_at, identity, from_before,
  (SELECT json_group_array(tag ORDER BY tag) FROM run_tags WHERE run = runs.id) AS tags,
  (SELECT note FROM run_notes WHERE run = runs.id) AS note`;

const underWay = "('queued', 'running', 'paused')";
const now = () => new Date().toISOString();

export function runsTable(db: Db): Runs {
  const insert = db.prepare(`
    INSERT INTO runs (id, identity, name, network, settings, dataset, dataset_hash, status, owner, created_at, updated_at, shards,
      stride_version, node_version, tensorflow_version, machine, parameter_count, steps_per_epoch, origin_network, origin_version, origin_changed)
    VALUES (@id, coalesce(@identity, lower(hex(randomblob(16)))), @name, @network, @settings, @dataset, @datasetHash, 'queued', @owner, @at, @at, @shards,
      @stride, @node, @tensorflow, @machine, @parameterCount, @stepsPerEpoch, @originNetwork, @originVersion, @originChanged)`);
  const byId = db.prepare(`SELECT ${columns} FROM runs WHERE id = ? AND purging = 0`);
  const ofAny = db.prepare(`SELECT ${columns} FROM runs WHERE id = ?`);
  const identities = db.prepare('SELECT identity, id FROM runs').raw();
  const sequence = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'runs'").pluck();
  const setSequence = db.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'runs'");
  const startSequence = db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('runs', ?)");
  const byIds = db.prepare(
    `SELECT ${columns} FROM runs WHERE id IN (SELECT value FROM json_each(?)) AND purging = 0`,
  );
  const page = db.prepare(
    `SELECT ${columns} FROM runs WHERE deleted_at IS NULL ORDER BY id DESC LIMIT ? OFFSET ?`,
  );
  const count = db.prepare('SELECT count(*) FROM runs WHERE purging = 0 AND deleted_at IS NULL').pluck();
  const claim = db.prepare(`
    UPDATE runs SET status = 'queued', owner = @owner, ended_at = NULL, updated_at = @at
    WHERE id = @id AND status IN (${resumable.map((status) => `'${status}'`).join(', ')}) AND status <> 'paused' AND deleted_at IS NULL`);
  const setStatus = db.prepare(`
    UPDATE runs SET status = @status, problem = @problem, updated_at = @at,
      owner = iif(@status IN ${underWay}, owner, NULL),
      doing = iif(@status = 'running', doing, NULL),
      started_at = iif(@status = 'running', coalesce(started_at, @at), started_at),
      ended_at = iif(@status IN ${underWay}, NULL, @at)
    WHERE id = @id`);
  const setProgress = db.prepare(
    'UPDATE runs SET step = @step, train_seconds = @trainSeconds, updated_at = @at WHERE id = @id',
  );
  const setStarted = db.prepare(
    'UPDATE runs SET tensorflow_version = @tensorflow, steps_per_epoch = @stepsPerEpoch WHERE id = @id',
  );
  const refresh = db.prepare(`
    UPDATE runs SET
      epochs_done = (SELECT count(*) FROM epochs WHERE run = @id),
      (best_epoch, best_correct) = (SELECT epoch, test_correct FROM epochs WHERE run = @id
        ORDER BY test_correct DESC, epoch LIMIT 1),
      (last_epoch, last_correct, last_total, last_loss) =
        (SELECT epoch, test_correct, test_total, test_loss FROM epochs WHERE run = @id ORDER BY epoch DESC LIMIT 1)
    WHERE id = @id`);
  const setDoing = db.prepare('UPDATE runs SET doing = ? WHERE id = ?');
  const doing = db.prepare(
    'SELECT id, doing FROM runs WHERE id IN (SELECT value FROM json_each(?)) AND doing IS NOT NULL',
  );
  const setProblem = db.prepare('UPDATE runs SET problem = ? WHERE id = ?');
  const ownerOf = db.prepare('SELECT owner FROM runs WHERE id = ?').pluck();
  const movedSince = db.prepare(
    'SELECT id, updated_at AS at FROM runs WHERE updated_at >= ? AND owner IS NOT ? AND purging = 0',
  );
  const foreignOwners = db
    .prepare(`SELECT DISTINCT owner FROM runs WHERE status IN ${underWay} AND owner <> ?`)
    .pluck();
  // The time at which a process died is not known, so the run's last update is used.
  const interrupt = db
    .prepare(
      `
      UPDATE runs SET owner = NULL, ended_at = updated_at,
        status = iif(epochs_done >= json_extract(settings, '$.epochs'), 'finished', 'interrupted')
      WHERE owner = ? AND status IN ${underWay} RETURNING id`,
    )
    .pluck();

  return {
    insert: (run, owner, at = now()) =>
      Number(
        insert.run({
          ...run,
          ...run.versions,
          network: JSON.stringify(run.network),
          settings: JSON.stringify(run.settings),
          machine: JSON.stringify(run.machine),
          originNetwork: run.origin?.network ?? null,
          originVersion: run.origin?.version ?? null,
          originChanged: run.origin ? Number(run.origin.changed) : null,
          identity: run.recovered?.identity ?? null,
          id: run.recovered?.id ?? null,
          owner,
          at,
        }).lastInsertRowid,
      ),
    known: (id) => {
      const row = ofAny.get(id) as Row | undefined;
      return row && knownOf(row);
    },
    identities: () => new Map(identities.all() as [string, number][]),
    reserve: (highest) => {
      const last = sequence.get() as number | undefined;
      if (last === undefined) startSequence.run(highest);
      else if (last < highest) setSequence.run(highest);
    },
    summary: (id) => {
      const row = byId.get(id) as Row | undefined;
      return row && summaryOf(row);
    },
    record: (id) => {
      const row = byId.get(id) as Row | undefined;
      return row && recordOf(row);
    },
    rows: (ids) => {
      const found = new Map((byIds.all(JSON.stringify(ids)) as Row[]).map((row) => [row.id, summaryOf(row)]));
      return ids.flatMap((id) => found.get(id) ?? []);
    },
    list: (limit, offset) => (page.all(limit, offset) as Row[]).map(summaryOf),
    count: () => count.get() as number,
    claim: (id, owner) => claim.run({ id, owner, at: now() }).changes === 1,
    setStatus: (id, status, problem) => {
      setStatus.run({ id, status, problem: problem && JSON.stringify(problem), at: now() });
    },
    setProgress: (id, step, trainSeconds) => {
      setProgress.run({ id, step, trainSeconds, at: now() });
    },
    setStarted: (id, tensorflow, stepsPerEpoch) => {
      setStarted.run({ id, tensorflow, stepsPerEpoch });
    },
    refreshResults: (id) => {
      refresh.run({ id });
    },
    setDoing: (id, what) => {
      setDoing.run(what, id);
    },
    doing: (ids) => doing.all(JSON.stringify(ids)) as { id: number; doing: Doing }[],
    setProblem: (id, problem) => {
      setProblem.run(JSON.stringify(problem), id);
    },
    ownerOf: (id) => (ownerOf.get(id) as string | null | undefined) ?? null,
    movedSince: (at, owner) => movedSince.all(at, owner) as { id: number; at: string }[],
    foreignOwners: (owner) => foreignOwners.all(owner) as string[],
    interrupt: (owner) => interrupt.all(owner) as number[],
  };
}

function summaryOf(row: Row): RunSummary {
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

function recordOf(row: Row): RunRecord {
  return {
    ...summaryOf(row),
    datasetHash: row.dataset_hash,
    shards: row.shards,
    versions: { stride: row.stride_version, node: row.node_version, tensorflow: row.tensorflow_version },
    machine: JSON.parse(row.machine) as Machine,
  };
}

function knownOf(row: Row): KnownRun {
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
