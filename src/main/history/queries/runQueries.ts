/** Finds, sorts and groups runs. */
import type { RunGroup, RunSelection } from '../../../shared/api/calls/runs.ts';
import type { CallReply } from '../../../shared/api/api.ts';
import type { GroupField } from '../../../shared/runQuery/fields.ts';
import type { RunFilter } from '../../../shared/runQuery/filter.ts';
import { spreadOf } from '../../../shared/sweeps/sweepResults.ts';
import { groupColumns, orderOf, whereOf } from './runFilter.ts';
import type { Db } from '../sqlite.ts';

/** A selection whose filter has been parsed. */
export type RunSearch = Omit<RunSelection, 'filter'> & { readonly filter: RunFilter };

export interface RunQueries {
  /** Returns the numbers of the runs in order. */
  find(search: RunSearch): number[];
  groups(search: RunSearch, by: GroupField): RunGroup[];
  counts(): { active: number; archived: number; deleted: number };
  values(): CallReply<'runs.values'>;
}

/** Largest number of names or numbers that are proposed. */
const mostProposed = 100;

type GroupRow = [
  id: number,
  key: string | number | null,
  finished: 0 | 1,
  accuracy: number | null,
  last: number | null,
  loss: number | null,
  seconds: number | null,
];

export function runQueries(db: Db): RunQueries {
  const counts = db.prepare(`
    SELECT count(*) FILTER (WHERE deleted_at IS NULL AND archived = 0) AS active,
      count(*) FILTER (WHERE deleted_at IS NULL AND archived = 1) AS archived,
      count(*) FILTER (WHERE deleted_at IS NOT NULL) AS deleted
    FROM runs WHERE purging = 0`);
  const tags = db.prepare('SELECT tag FROM run_tags GROUP BY tag ORDER BY count(*) DESC, tag').pluck();
  const distinct = (column: 'net' | 'dataset' | 'name' | 'learning_rate' | 'batch_size' | 'seed') =>
    db
      .prepare(
        `SELECT ${column} FROM runs WHERE purging = 0 AND ${column} IS NOT NULL
          GROUP BY ${column} ORDER BY count(*) DESC, ${column} LIMIT ${mostProposed}`,
      )
      .pluck();
  const nets = distinct('net');
  const datasets = distinct('dataset');
  const names = distinct('name');
  const rates = distinct('learning_rate');
  const batches = distinct('batch_size');
  const seeds = distinct('seed');

  return {
    find: ({ filter, scope, sort }) => {
      const { text, parameters } = whereOf(filter, scope);
      return db
        .prepare(`SELECT id FROM runs WHERE ${text} ORDER BY ${orderOf(sort)}`)
        .pluck()
        .all(...parameters) as number[];
    },
    groups: ({ filter, scope, sort }, by) => {
      const { text, parameters } = whereOf(filter, scope);
      const from = by === 'tag' ? 'runs LEFT JOIN run_tags ON run = id' : 'runs';
      const rows = db
        .prepare(
          `SELECT id, ${groupColumns[by]}, status = 'finished', best_accuracy, last_accuracy, last_loss, train_seconds
            FROM ${from} WHERE ${text} ORDER BY ${orderOf(sort)}`,
        )
        .raw()
        .all(...parameters) as GroupRow[];
      return grouped(rows).sort((a, b) => compareKeys(a.key, b.key, by));
    },
    counts: () => counts.get() as { active: number; archived: number; deleted: number },
    values: () => ({
      tags: tags.all() as string[],
      nets: nets.all() as string[],
      datasets: datasets.all() as string[],
      names: names.all() as string[],
      numbers: {
        lr: rates.all() as number[],
        batch: batches.all() as number[],
        seed: seeds.all() as number[],
      },
    }),
  };
}

function grouped(rows: readonly GroupRow[]): RunGroup[] {
  const groups = new Map<string | number | null, GroupRow[]>();
  for (const row of rows) {
    const known = groups.get(row[1]);
    if (known) known.push(row);
    else groups.set(row[1], [row]);
  }
  return [...groups].map(([key, members]) => {
    const finished = members.filter((row) => row[2] === 1);
    const spread = (column: 3 | 4 | 5 | 6) =>
      spreadOf(finished.flatMap((row) => row[column] ?? []).filter(Number.isFinite));
    return {
      key,
      runs: members.map(([id]) => id),
      finished: finished.length,
      accuracy: spread(3),
      last: spread(4),
      loss: spread(5),
      seconds: spread(6),
    };
  });
}

/** Orders numbers and names ascending and days descending; runs without a value come last. */
function compareKeys(a: RunGroup['key'], b: RunGroup['key'], by: GroupField): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const order = String(a).localeCompare(String(b), 'en', { numeric: true });
  return by === 'day' ? -order : order;
}
