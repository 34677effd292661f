/**
 * History: one SQLite file in STRIDE_HOME, shared by every process that uses that folder. Opening checks before it
 * writes: a file that is no database, belongs to another program or was made by a newer Stride is left as it is.
 *
 * The file is in WAL mode, so that readers do not wait for the writer. A commit survives the death of the process;
 * `durably` also makes it survive the death of the machine, which checkpoints need (`lab/runs/training.ts`).
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

export interface History {
  readonly path: string;
  /** Why it can only be looked at; null where it can be written. It is then what was in the file when it was opened. */
  readonly lookOnly: Problem | null;
  /** From now on, whatever would change a history that can only be looked at is refused. */
  seal(): void;
  /** Names this process as the one that trains a run. */
  readonly owner: string;
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
  readonly comparisons: Comparisons;
  readonly datasetUses: DatasetUses;
  readonly drawings: Drawings;
  /** All of a run, or undefined where there is no such run. */
  detail(run: number): RunDetail | undefined;
  /**
   * Removes what lies after a point in training: batch losses from `step` (counted from 0) on, running losses of
   * epoch `epoch` after `batch` batches, epochs and what is told of them from `epoch` on, and checkpoints of later steps. Progress
   * and results follow.
   */
  truncate(run: number, point: { step: number; epoch: number; batch: number; epochSeconds: number }): void;
  /** Grows whenever another connection, most often another process, has written; what this one writes does not count. */
  othersVersion(): number;
  /** Runs whose process is gone become interrupted ones (or finished ones, where only the word was missing). */
  recover(): number[];
  /** Sweeps whose process is gone are interrupted, or stay paused. Gives their numbers. */
  recoverSweeps(): number[];
  /** All or nothing. */
  transaction<T>(work: () => T): T;
  /** All or nothing, and on the disk itself when this returns. */
  durably<T>(work: () => T): T;
  close(): void;
}

export const historyFile = 'history.sqlite';

/** Opens the history in `home`, making folder and file where they are missing. Throws a `Problem` where it cannot. */
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
    // Written as it is, so that a disk on which nothing can be written is found here.
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

/** What is in the file now, in memory; `seal` ends what may be changed of that. */
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
  const version = versionOf(db);
  if (version > migrations.length) {
    throw new Problem(
      'history.newer',
      `${path} was made by a newer Stride (its format is ${version}, this program knows ${migrations.length}); ` +
        'it was left as it is. Update Stride, or set STRIDE_HOME to another folder',
      { path, version, known: migrations.length },
    );
  }
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
  const foreign = version === 0 ? tables.length > 0 : !tables.includes('runs');
  if (foreign) {
    throw new Problem(
      'history.foreign',
      `${path} belongs to another program; it was left as it is. Set STRIDE_HOME to another folder`,
      { path },
    );
  }
}

/** Who only looks trains nothing, and so owns nothing. */
const nobody = { id: '', release: () => undefined };

function historyOn(db: Db, home: string, path: string, lookOnly: Problem | null = null): History {
  const owner = lookOnly ? nobody : becomeOwner(home);
  if (!lookOnly) removeDeadOwners(home);
  let sealed = false;
  const guarded = <T extends object>(functions: T, at: string) => guardedBy(functions, at, lookOnly);
  const runs = runsTable(db);
  const epochs = epochsTable(db);
  const runningLosses = runningLossesTable(db);
  const batchLosses = batchLossesTable(db);
  const checkpoints = checkpointsTable(db);
  const sweeps = sweepsTable(db);
  const runEvents = runEventsTable(db);
  const preferences = preferencesTable(db);
  const networks = networksTable(db);
  const transaction = <T>(work: () => T): T => db.transaction(work).immediate();

  const history: History = {
    path,
    lookOnly,
    seal: () => {
      if (lookOnly) db.pragma('query_only = ON');
      sealed = lookOnly !== null;
    },
    owner: owner.id,
    runs: guarded(runs, path),
    epochs: guarded(epochs, path),
    runningLosses: guarded(runningLosses, path),
    batchLosses: guarded(batchLosses, path),
    checkpoints: guarded(checkpoints, path),
    sweeps: guarded(sweeps, path),
    runEvents: guarded(runEvents, path),
    preferences: guarded(preferences, path),
    networks: guarded(networks, path),
    organisation: guarded(organisation(db), path),
    queries: guarded(runQueries(db), path),
    paces: guarded(pacesTable(db), path),
    comparisons: guarded(comparisonsTable(db), path),
    datasetUses: guarded(datasetUses(db), path),
    drawings: guarded(drawingsTable(db), path),
    detail: (run) => {
      const record = runs.record(run);
      if (!record) return undefined;
      const best = checkpoints.get(run, 'best');
      return {
        ...record,
        epochs: epochs.list(run),
        runningLosses: runningLosses.list(run),
        bestCheckpoint: best
          ? {
              // A checkpoint at an epoch's end stands at the start of the next one.
              epoch: best.epoch - 1,
              step: best.step,
              metric: deciding(record.settings),
              file: best.file,
              bytes: best.bytes,
            }
          : null,
      };
    },
    truncate: (run, { step, epoch, batch, epochSeconds }) =>
      transaction(() => {
        batchLosses.truncate(run, step);
        runningLosses.truncate(run, epoch, batch);
        epochs.truncate(run, epoch);
        checkpoints.truncate(run, step);
        runEvents.truncate(run, epoch);
        runs.refreshResults(run);
        runs.setProgress(run, step, epochs.trainSeconds(run) + epochSeconds);
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
  return guarded(history, path);
}
