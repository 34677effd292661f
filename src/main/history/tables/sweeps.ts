/** The table of sweeps: their definition, owner and progress, and the runs that belong to each. */
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import type { RunStatus } from '../../../shared/runs/runs.ts';
import type { Sweep, SweepRun, SweepStatus, SweepSummary } from '../../../shared/sweeps/sweeps.ts';
import { numberFromColumn } from '../numbers.ts';
import type { Db } from '../sqlite.ts';

export interface NewSweep {
  readonly name: string;
  readonly definition: Sweep;
  readonly workers: number;
  readonly shards: number;
  readonly combinations: number;
}

export interface Sweeps {
  /** Adds a running sweep that belongs to `owner` and returns its number. */
  insert(sweep: NewSweep, owner: string): number;
  summary(id: number): SweepSummary | undefined;
  definition(id: number): Sweep | undefined;
  /** Returns sweeps, newest first. */
  list(limit: number, offset: number): SweepSummary[];
  count(): number;
  /**
   * Adds a run to the sweep. A position belongs to one run: a deleted one gives it up and is a single run
   * from then on.
   */
  join(id: number, position: number, run: number): void;
  /** Returns the sweep's runs that have begun, in order, without deleted ones. */
  runs(id: number): SweepRun[];
  /** Returns hashes of the data that its runs were trained on, by the data set's id. */
  dataHashes(id: number): { dataset: string; hash: string }[];
  /**
   * Marks the sweep as running by `owner`. Returns true if it was not active before, so that only one process
   * takes it.
   */
  claim(id: number, owner: string): boolean;
  /** Sets the status. Every status but `running` and `paused` also sets the end and clears the owner. */
  setStatus(id: number, status: SweepStatus, problem: ProblemRecord | null): void;
  ownerOf(id: number): string | null;
  /** Returns the sweeps that belong to another process than `owner`, and all whose number is above `newest`. */
  foreign(owner: string, newest: number): SweepSummary[];
  /** Returns the owners of sweeps other than `owner`. */
  foreignOwners(owner: string): string[];
  /**
   * Interrupts the running sweeps of an owner whose process has ended, leaves its paused ones paused without
   * an owner, and returns the numbers of all of them.
   */
  release(owner: string): number[];
  /** Returns the problems of the sweep's interrupted runs. */
  runProblems(id: number): ProblemRecord[];
}

interface Row {
  id: number;
  name: string;
  definition: string;
  status: SweepStatus;
  problem: string | null;
  workers: number;
  shards: number;
  combinations: number;
  seeds: number;
  created_at: string;
  ended_at: string | null;
  begun: number;
  finished: number;
  failed: number;
}

interface SweepRunRow {
  id: number;
  sweep_position: number;
  seed: number;
  status: RunStatus;
  epochs_done: number;
  best_correct: number | null;
  last_correct: number | null;
  last_total: number | null;
  last_loss: number | null;
  train_seconds: number;
  problem: string | null;
}

const now = () => new Date().toISOString();

export function sweepsTable(db: Db): Sweeps {
  const insert = db.prepare(`
    INSERT INTO sweeps (name, definition, status, owner, workers, shards, combinations, seeds, created_at)
    VALUES (@name, @definition, 'running', @owner, @workers, @shards, @combinations, @seeds, @at)`);
  const counted = `
    SELECT sweeps.*, count(runs.id) AS begun, count(runs.id) FILTER (WHERE runs.status = 'finished') AS finished,
      count(runs.id) FILTER (WHERE runs.status = 'failed') AS failed
    FROM sweeps LEFT JOIN runs ON runs.sweep_id = sweeps.id AND runs.deleted_at IS NULL`;
  const byId = db.prepare(`${counted} WHERE sweeps.id = ? GROUP BY sweeps.id`);
  const page =
    db.prepare(`${counted} WHERE sweeps.id IN (SELECT id FROM sweeps ORDER BY id DESC LIMIT ? OFFSET ?)
    GROUP BY sweeps.id ORDER BY sweeps.id DESC`);
  const foreign = db.prepare(`${counted} WHERE sweeps.owner <> ? OR sweeps.id > ? GROUP BY sweeps.id`);
  const definition = db.prepare('SELECT definition FROM sweeps WHERE id = ?').pluck();
  const count = db.prepare('SELECT count(*) FROM sweeps').pluck();
  const setStatus = db.prepare(`
    UPDATE sweeps SET status = @status, problem = @problem,
      owner = iif(@status IN ('running', 'paused'), owner, NULL),
      ended_at = iif(@status IN ('running', 'paused'), NULL, @at)
    WHERE id = @id`);
  return {
    insert: ({ definition, ...sweep }, owner) =>
      Number(
        insert.run({
          ...sweep,
          definition: JSON.stringify(definition),
          seeds: definition.seeds.length,
          owner,
          at: now(),
        }).lastInsertRowid,
      ),
    summary: (id) => {
      const row = byId.get(id) as Row | undefined;
      return row && summaryOf(row);
    },
    definition: (id) => {
      const text = definition.get(id) as string | undefined;
      return text === undefined ? undefined : (JSON.parse(text) as Sweep);
    },
    foreign: (owner, newest) => (foreign.all(owner, newest) as Row[]).map(summaryOf),
    list: (limit, offset) => (page.all(limit, offset) as Row[]).map(summaryOf),
    count: () => count.get() as number,
    ...runsOfSweeps(db),
    ...ownersOfSweeps(db),
    setStatus: (id, status, problem) => {
      setStatus.run({ id, status, problem: problem && JSON.stringify(problem), at: now() });
    },
  };
}

function ownersOfSweeps(db: Db): Pick<Sweeps, 'claim' | 'ownerOf' | 'foreignOwners' | 'release'> {
  const claim = db.prepare(`
    UPDATE sweeps SET status = 'running', owner = @owner, ended_at = NULL, problem = NULL
    WHERE id = @id AND owner IS NULL`);
  const ownerOf = db.prepare('SELECT owner FROM sweeps WHERE id = ?').pluck();
  const foreignOwners = db.prepare('SELECT DISTINCT owner FROM sweeps WHERE owner <> ?').pluck();
  const release = db
    .prepare(
      `UPDATE sweeps SET owner = NULL, status = iif(status = 'running', 'interrupted', status)
       WHERE owner = ? RETURNING id`,
    )
    .pluck();

  return {
    claim: (id, owner) => claim.run({ id, owner }).changes === 1,
    ownerOf: (id) => (ownerOf.get(id) as string | null | undefined) ?? null,
    foreignOwners: (owner) => foreignOwners.all(owner) as string[],
    release: (owner) => release.all(owner) as number[],
  };
}

function runsOfSweeps(db: Db): Pick<Sweeps, 'join' | 'runs' | 'dataHashes' | 'runProblems'> {
  const leave = db.prepare(`
    UPDATE runs SET sweep_id = NULL, sweep_position = NULL
    WHERE sweep_id = ? AND sweep_position = ? AND deleted_at IS NOT NULL`);
  const join = db.prepare('UPDATE runs SET sweep_id = ?, sweep_position = ? WHERE id = ?');
  const runs = db.prepare(`
    SELECT id, sweep_position, json_extract(settings, '$.seed') AS seed, status, epochs_done, best_correct,
      last_correct, last_total, last_loss, train_seconds, problem
    FROM runs WHERE sweep_id = ? AND deleted_at IS NULL ORDER BY sweep_position`);
  const dataHashes = db.prepare('SELECT DISTINCT dataset, dataset_hash AS hash FROM runs WHERE sweep_id = ?');
  const runProblems = db
    .prepare(
      "SELECT problem FROM runs WHERE sweep_id = ? AND status = 'interrupted' AND problem IS NOT NULL ORDER BY id",
    )
    .pluck();

  return {
    join: (id, position, run) => {
      db.transaction(() => {
        leave.run(id, position);
        join.run(id, position, run);
      })();
    },
    runs: (id) => (runs.all(id) as SweepRunRow[]).map(runOf),
    dataHashes: (id) => dataHashes.all(id) as { dataset: string; hash: string }[],
    runProblems: (id) =>
      (runProblems.all(id) as string[]).map((problem) => JSON.parse(problem) as ProblemRecord),
  };
}

function summaryOf(row: Row): SweepSummary {
  const total = row.combinations * row.seeds;
  const { begun, finished, failed } = row;
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    workers: row.workers,
    shards: row.shards,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    combinations: row.combinations,
    seeds: row.seeds,
    runs: { total, waiting: total - begun, open: begun - finished - failed, finished, failed },
    problem: row.problem === null ? null : (JSON.parse(row.problem) as ProblemRecord),
  };
}

function runOf(row: SweepRunRow): SweepRun {
  const share = (correct: number | null) =>
    correct === null || row.last_total === null ? null : correct / row.last_total;
  return {
    position: row.sweep_position,
    seed: row.seed,
    run: row.id,
    status: row.status,
    epochsDone: row.epochs_done,
    bestAccuracy: share(row.best_correct),
    lastAccuracy: share(row.last_correct),
    testLoss: row.last_correct === null ? null : numberFromColumn(row.last_loss),
    seconds: row.train_seconds,
    problem: row.problem === null ? null : (JSON.parse(row.problem) as ProblemRecord),
  };
}
