/** What is read from the table of runs. */
import type { KnownRun } from '../../../shared/runs/manifest.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import type { Db } from '../sqlite.ts';
import {
  type Doing,
  type RunRecord,
  type RunRow,
  knownOf,
  recordOf,
  runColumns as columns,
  summaryOf,
  underWay,
} from './runRow.ts';

export interface RunReads {
  /** Returns the data that the run's files are compared with, also for a run that is being purged. */
  known(id: number): KnownRun | undefined;
  /** Returns the number of every run by its identity. */
  identities(): Map<string, number>;
  summary(id: number): RunSummary | undefined;
  /** Returns a run without its data in other tables. */
  record(id: number): RunRecord | undefined;
  /** Returns rows in the order of `ids`, without those that do not exist. */
  rows(ids: readonly number[]): RunSummary[];
  /** Returns runs, newest first, without deleted ones. */
  list(limit: number, offset: number): RunSummary[];
  count(): number;
  /** Returns the runs among these whose process ended in such a phase. */
  doing(ids: readonly number[]): { id: number; doing: Doing }[];
  ownerOf(id: number): string | null;
  /**
   * Returns runs that were updated at `at` or later and are not `owner`'s, with the time of their last
   * update.
   */
  movedSince(at: string, owner: string): { id: number; at: string }[];
  /** Returns the owners of active runs other than `owner`. */
  foreignOwners(owner: string): string[];
}

export function runReads(db: Db): RunReads {
  const byId = db.prepare(`SELECT ${columns} FROM runs WHERE id = ? AND purging = 0`);
  const ofAny = db.prepare(`SELECT ${columns} FROM runs WHERE id = ?`);
  const identities = db.prepare('SELECT identity, id FROM runs').raw();
  const byIds = db.prepare(
    `SELECT ${columns} FROM runs WHERE id IN (SELECT value FROM json_each(?)) AND purging = 0`,
  );
  const page = db.prepare(
    `SELECT ${columns} FROM runs WHERE deleted_at IS NULL ORDER BY id DESC LIMIT ? OFFSET ?`,
  );
  const count = db.prepare('SELECT count(*) FROM runs WHERE purging = 0 AND deleted_at IS NULL').pluck();
  const doing = db.prepare(
    'SELECT id, doing FROM runs WHERE id IN (SELECT value FROM json_each(?)) AND doing IS NOT NULL',
  );
  const ownerOf = db.prepare('SELECT owner FROM runs WHERE id = ?').pluck();
  const movedSince = db.prepare(
    'SELECT id, updated_at AS at FROM runs WHERE updated_at >= ? AND owner IS NOT ? AND purging = 0',
  );
  const foreignOwners = db
    .prepare(`SELECT DISTINCT owner FROM runs WHERE status IN ${underWay} AND owner <> ?`)
    .pluck();

  return {
    known: (id) => {
      const row = ofAny.get(id) as RunRow | undefined;
      return row && knownOf(row);
    },
    identities: () => new Map(identities.all() as [string, number][]),
    summary: (id) => {
      const row = byId.get(id) as RunRow | undefined;
      return row && summaryOf(row);
    },
    record: (id) => {
      const row = byId.get(id) as RunRow | undefined;
      return row && recordOf(row);
    },
    rows: (ids) => {
      const found = new Map(
        (byIds.all(JSON.stringify(ids)) as RunRow[]).map((row) => [row.id, summaryOf(row)]),
      );
      return ids.flatMap((id) => found.get(id) ?? []);
    },
    list: (limit, offset) => (page.all(limit, offset) as RunRow[]).map(summaryOf),
    count: () => count.get() as number,
    doing: (ids) => doing.all(JSON.stringify(ids)) as { id: number; doing: Doing }[],
    ownerOf: (id) => (ownerOf.get(id) as string | null | undefined) ?? null,
    movedSince: (at, owner) => movedSince.all(at, owner) as { id: number; at: string }[],
    foreignOwners: (owner) => foreignOwners.all(owner) as string[],
  };
}
