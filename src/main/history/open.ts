/**
 * History: one SQLite file in STRIDE_HOME, shared by every process that uses that folder. The file is checked
 * before it is written: one that is no database, belongs to another program or was made by a newer Stride is
 * not changed.
 *
 * The file is in WAL mode, so that readers do not wait for the writer. A commit survives the death of the
 * process; `durably` also makes it survive the death of the machine, which checkpoints need
 * (`lab/runs/runRecorder.ts`).
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { deciding } from '../../shared/runs/bestEpoch.ts';
import { Problem } from '../../shared/base/problem.ts';
import type { RunDetail } from '../../shared/runs/runs.ts';
import { type BatchLosses, batchLossesTable } from './tables/batchLosses.ts';
import { type Checkpoints, checkpointsTable } from './tables/checkpoints.ts';
import { type Epochs, epochsTable } from './tables/epochs.ts';
import { type DatasetUses, datasetUses } from './queries/datasetUses.ts';
import { type Comparisons, comparisonsTable } from './tables/comparisons.ts';
import { type Drawings, drawingsTable } from './tables/drawings.ts';
import { makeHome, makePrivate, makePrivateFile } from './home.ts';
import { migrate, migrations, versionOf } from './migrations/index.ts';
import { type Organisation, organisation } from './queries/organisation.ts';
import { becomeOwner, ownerLives, removeDeadOwners } from './tables/owners.ts';
import { type Preferences, preferencesTable } from './tables/preferences.ts';
import { type Networks, networksTable } from './tables/networks.ts';
import { type KernelTimesTable, kernelTimesTable } from './tables/kernelTimes.ts';
import { type Paces, pacesTable } from './tables/paces.ts';
import { databaseImage } from './image.ts';
import { lookOnlyProblem } from './lookOnly.ts';
import { guarded as guardedBy, historyProblem } from './problems.ts';
import { type RunEvents, runEventsTable } from './tables/runEvents.ts';
import { type RunningLosses, runningLossesTable } from './tables/runningLosses.ts';
import { type RunQueries, runQueries } from './queries/runQueries.ts';
import { type Runs, runsTable } from './tables/runs.ts';
import { Database, type Db } from './sqlite.ts';
import { type Sweeps, sweepsTable } from './tables/sweeps.ts';

/** A point in a run's training, with the seconds of its epoch so far. */
interface TrainingPoint {
  readonly step: number;
  readonly epoch: number;
  readonly batch: number;
  readonly epochSeconds: number;
}

export interface History {
  readonly path: string;
  /**
   * Why the history is read-only; null if it can be written. A read-only history has the contents of the file
   * when it was opened.
   */
  readonly lookOnly: Problem | null;
  /** Refuses all changes to a read-only history from now on. */
  seal(): void;
  /** Identifies this process as the one that trains a run. */
  readonly owner: string;
  /** Returns true while the process with this identity lives. */
  ownerLives(owner: string): boolean;
  readonly runs: Runs;
  readonly epochs: Epochs;
  readonly runningLosses: RunningLosses;
  readonly batchLosses: BatchLosses;
  readonly checkpoints: Checkpoints;
  readonly sweeps: Sweeps;
  readonly runEvents: RunEvents;
  readonly preferences: Preferences;
  readonly networks: Networks;
  readonly organisation: Organisation;
  readonly queries: RunQueries;
  readonly paces: Paces;
  readonly kernelTimes: KernelTimesTable;
  readonly comparisons: Comparisons;
  readonly datasetUses: DatasetUses;
  readonly drawings: Drawings;
  /** Returns all data of a run, or undefined if there is no such run. */
  detail(run: number): RunDetail | undefined;
  /**
   * Removes everything after a point in training: batch losses from `step` (counted from 0) on, running
   * losses of epoch `epoch` after `batch` batches, epochs and their events from `epoch` on, and checkpoints
   * of later steps. Progress and results are updated.
   */
  truncate(run: number, point: TrainingPoint): void;
  /**
   * Returns a number that grows whenever another connection, usually another process, has written; this
   * connection's writes do not count.
   */
  othersVersion(): number;
  /** Marks runs whose process has ended as interrupted (or as finished, if only that record was missing). */
  recover(): number[];
  /**
   * Marks running sweeps whose process has ended as interrupted; paused ones stay paused. Returns their
   * numbers.
   */
  recoverSweeps(): number[];
  /** Runs `work` in one transaction. */
  transaction<T>(work: () => T): T;
  /** Runs `work` in one transaction that is on the disk when this returns. */
  durably<T>(work: () => T): T;
  close(): void;
}

export const historyFile = 'history.sqlite';

/**
 * Opens the history in `home` and creates folder and file if they are missing. Throws a `Problem` if that
 * fails.
 */
export function openHistory(home: string): History {
  makeHome(home);
  const path = join(home, historyFile);
  let db: Db | undefined;
  try {
    checkBeforeWriting(path);
    makePrivateFile(path);
    for (const beside of ['-wal', '-shm']) makePrivate(path + beside, 0o600);
    db = new Database(path, { timeout: 5000 });
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    migrate(db);
    // The version is rewritten unchanged, which detects a disk that cannot be written.
    db.pragma(`user_version = ${versionOf(db)}`);
    return historyOn(db, home, path);
  } catch (error) {
    db?.close();
    const lookOnly = lookOnlyProblem(error, path);
    const there = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
    if (lookOnly && there) return lookAt(home, path, lookOnly);
    throw historyProblem(error, path);
  }
}

/** Loads the file's current contents into memory; `seal` ends the changes that may be made to them. */
function lookAt(home: string, path: string, lookOnly: Problem): History {
  let db: Db | undefined;
  try {
    db = new Database(databaseImage(path));
    checkContents(db, path);
    db.pragma('foreign_keys = ON');
    migrate(db);
    return historyOn(db, home, path, lookOnly);
  } catch (error) {
    db?.close();
    throw historyProblem(error, path);
  }
}

function checkBeforeWriting(path: string): void {
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status || status.size === 0) return;
  const db = new Database(path, { timeout: 5000, readonly: true, fileMustExist: true });
  try {
    checkContents(db, path);
  } finally {
    db.close();
  }
}

function checkContents(db: Db, path: string): void {
  // In one transaction, because another process may make the tables at this moment.
  const { version, tables } = db.transaction(() => ({
    version: versionOf(db),
    tables: db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[],
  }))();
  if (version > migrations.length) {
    throw new Problem(
      'history.newer',
      `${path} was made by a newer Stride (its format is ${version}, this program knows ${migrations.length}); ` +
        'it was left as it is. Update Stride, or set STRIDE_HOME to another folder',
      { path, version, known: migrations.length },
    );
  }
  const foreign = version === 0 ? tables.length > 0 : !tables.includes('runs');
  if (foreign) {
    throw new Problem(
      'history.foreign',
      `${path} belongs to another program; it was left as it is. Set STRIDE_HOME to another folder`,
      { path },
    );
  }
}

/** Owner of a read-only history, which trains nothing. */
const nobody = { id: '', release: () => undefined };

function historyOn(db: Db, home: string, path: string, lookOnly: Problem | null = null): History {
  const owner = lookOnly ? nobody : becomeOwner(home);
  if (!lookOnly) removeDeadOwners(home);
  let sealed = false;
  const tables = tablesOf(db);
  const { runs, sweeps } = tables;
  const transaction = <T>(work: () => T): T => db.transaction(work).immediate();

  const history: History = {
    path,
    lookOnly,
    seal: () => {
      if (lookOnly) db.pragma('query_only = ON');
      sealed = lookOnly !== null;
    },
    owner: owner.id,
    ownerLives: (other) => ownerLives(home, other),
    ...guardedTables(tables, (functions) => guardedBy(functions, path, lookOnly)),
    detail: (run) => detailOf(tables, run),
    truncate: (run, point) =>
      transaction(() => {
        truncate(tables, run, point);
      }),
    othersVersion: () => db.pragma('data_version', { simple: true }) as number,
    recover: () =>
      (sealed ? [] : runs.foreignOwners(owner.id)).flatMap((other) =>
        ownerLives(home, other) ? [] : runs.interrupt(other),
      ),
    recoverSweeps: () =>
      (sealed ? [] : sweeps.foreignOwners(owner.id)).flatMap((other) =>
        ownerLives(home, other) ? [] : sweeps.release(other),
      ),
    transaction,
    durably: (work) => {
      db.pragma('synchronous = FULL');
      try {
        return transaction(work);
      } finally {
        db.pragma('synchronous = NORMAL');
      }
    },
    close: () => {
      try {
        db.close();
      } finally {
        owner.release();
      }
    },
  };
  return guardedBy(history, path, lookOnly);
}

/** Returns the functions of every table and every group of queries. */
function tablesOf(db: Db) {
  return {
    runs: runsTable(db),
    epochs: epochsTable(db),
    runningLosses: runningLossesTable(db),
    batchLosses: batchLossesTable(db),
    checkpoints: checkpointsTable(db),
    sweeps: sweepsTable(db),
    runEvents: runEventsTable(db),
    preferences: preferencesTable(db),
    networks: networksTable(db),
    organisation: organisation(db),
    queries: runQueries(db),
    paces: pacesTable(db),
    kernelTimes: kernelTimesTable(db),
    comparisons: comparisonsTable(db),
    datasetUses: datasetUses(db),
    drawings: drawingsTable(db),
  };
}

type Tables = ReturnType<typeof tablesOf>;

function guardedTables(tables: Tables, guard: <T extends object>(functions: T) => T): Tables {
  const guarded = Object.entries(tables).map(([name, functions]) => [name, guard<object>(functions)]);
  return Object.fromEntries(guarded) as Tables;
}

function detailOf({ runs, epochs, runningLosses, checkpoints }: Tables, run: number): RunDetail | undefined {
  const record = runs.record(run);
  if (!record) return undefined;
  const best = checkpoints.get(run, 'best');
  return {
    ...record,
    epochs: epochs.list(run),
    runningLosses: runningLosses.list(run),
    bestCheckpoint: best
      ? {
          // A checkpoint at an epoch's end has the position of the next epoch's start.
          epoch: best.epoch - 1,
          step: best.step,
          metric: deciding(record.settings),
          file: best.file,
          bytes: best.bytes,
        }
      : null,
  };
}

/** Removes what a run has beyond a point in its training. */
function truncate(
  { runs, epochs, runningLosses, batchLosses, checkpoints, runEvents }: Tables,
  run: number,
  { step, epoch, batch, epochSeconds }: TrainingPoint,
): void {
  batchLosses.truncate(run, step);
  runningLosses.truncate(run, epoch, batch);
  epochs.truncate(run, epoch);
  checkpoints.truncate(run, step);
  runEvents.truncate(run, epoch);
  runs.refreshResults(run);
  runs.setProgress(run, step, epochs.trainSeconds(run) + epochSeconds);
}
