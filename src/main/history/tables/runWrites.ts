/** What is written to the table of runs. */
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import type { Network } from '../../../shared/network/network.ts';
import {
  type Machine,
  type RunOrigin,
  type RunStatus,
  type Versions,
  resumable,
} from '../../../shared/runs/runs.ts';
import type { TrainingSettings } from '../../../shared/training/training.ts';
import type { Db } from '../sqlite.ts';
import { type Doing, underWay } from './runRow.ts';

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

export interface RunWrites {
  /** Adds a queued run that belongs to `owner` and returns its number. `at` is now by default. */
  insert(run: NewRun, owner: string, at?: string): number;
  /** Makes the next run's number larger than this. */
  reserve(highest: number): void;
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
  /** Sets the reason for a run's status, which does not change. */
  setProblem(id: number, problem: ProblemRecord): void;
  /** Interrupts the active runs of an owner whose process has ended, and returns their numbers. */
  interrupt(owner: string): number[];
}

const now = () => new Date().toISOString();

export function runWrites(db: Db): RunWrites {
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
  const setProblem = db.prepare('UPDATE runs SET problem = ? WHERE id = ?');
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
    insert: insertion(db),
    reserve: reservation(db),
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
    setProblem: (id, problem) => {
      setProblem.run(JSON.stringify(problem), id);
    },
    interrupt: (owner) => interrupt.all(owner) as number[],
  };
}

function insertion(db: Db): RunWrites['insert'] {
  const insert = db.prepare(`
    INSERT INTO runs (id, identity, name, network, settings, dataset, dataset_hash, status, owner, created_at, updated_at, shards,
      stride_version, node_version, tensorflow_version, machine, parameter_count, steps_per_epoch, origin_network, origin_version, origin_changed)
    VALUES (@id, coalesce(@identity, lower(hex(randomblob(16)))), @name, @network, @settings, @dataset, @datasetHash, 'queued', @owner, @at, @at, @shards,
      @stride, @node, @tensorflow, @machine, @parameterCount, @stepsPerEpoch, @originNetwork, @originVersion, @originChanged)`);
  return (run, owner, at = now()) =>
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
    );
}

function reservation(db: Db): RunWrites['reserve'] {
  const sequence = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'runs'").pluck();
  const setSequence = db.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'runs'");
  const startSequence = db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('runs', ?)");
  return (highest) => {
    const last = sequence.get() as number | undefined;
    if (last === undefined) startSequence.run(highest);
    else if (last < highest) setSequence.run(highest);
  };
}
