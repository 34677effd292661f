/** Names, tags, notes, archive and deletion of runs. */
import type { Db } from '../sqlite.ts';

export interface RunChange {
  readonly name?: string | undefined;
  readonly note?: string | undefined;
  readonly archived?: boolean | undefined;
  /** Tags that replace all existing ones. */
  readonly tags?: readonly string[] | undefined;
  readonly addTags?: readonly string[] | undefined;
  readonly removeTags?: readonly string[] | undefined;
}

export interface Organisation {
  update(runs: readonly number[], change: RunChange): void;
  /** Returns the runs among these that exist and are not deleted. */
  present(runs: readonly number[]): number[];
  /** Returns the runs among these that a process is training or is to train. */
  underWay(runs: readonly number[]): number[];
  /** Marks runs as deleted; those that are deleted already keep their time. */
  delete(runs: readonly number[], at: string): void;
  /** Restores runs and returns those that were restored: deleted, but not being purged. */
  undelete(runs: readonly number[]): number[];
  /**
   * Marks deleted runs as being purged: the given ones, or all, that were deleted before `before`. Returns
   * them and those whose purge was interrupted.
   */
  startPurge(before: string, runs?: readonly number[]): number[];
  /** Removes all records of a run. Its files must have been removed before. */
  endPurge(run: number): void;
  /** Returns the largest number of tags that one of these runs would have with `add` added to its own. */
  mostTagsWith(runs: readonly number[], add: readonly string[]): number;
}

const these = '(SELECT value FROM json_each(?))';

export function organisation(db: Db): Organisation {
  const present = db
    .prepare(`SELECT id FROM runs WHERE id IN ${these} AND purging = 0 AND deleted_at IS NULL`)
    .pluck();
  const underWay = db
    .prepare(
      `SELECT id FROM runs WHERE id IN ${these} AND status IN ('queued', 'running', 'paused') ORDER BY id`,
    )
    .pluck();
  const remove = db.prepare(`UPDATE runs SET deleted_at = ? WHERE id IN ${these} AND deleted_at IS NULL`);
  const restore = db
    .prepare(
      `UPDATE runs SET deleted_at = NULL WHERE id IN ${these} AND purging = 0 AND deleted_at IS NOT NULL RETURNING id`,
    )
    .pluck();
  const tagCount = db
    .prepare(
      `SELECT max(n) FROM (SELECT count(*) AS n FROM
        (SELECT run, tag FROM run_tags WHERE run IN ${these}
          UNION SELECT r.value, t.value COLLATE NOCASE FROM json_each(?) r, json_each(?) t) GROUP BY run)`,
    )
    .pluck();

  return {
    update: updating(db),
    present: (runs) => present.all(JSON.stringify(runs)) as number[],
    underWay: (runs) => underWay.all(JSON.stringify(runs)) as number[],
    delete: (runs, at) => {
      remove.run(at, JSON.stringify(runs));
    },
    undelete: (runs) => restore.all(JSON.stringify(runs)) as number[],
    ...purging(db),
    mostTagsWith: (runs, add) => {
      const list = JSON.stringify(runs);
      return (tagCount.get(list, list, JSON.stringify(add)) as number | null) ?? 0;
    },
  };
}

function updating(db: Db): Organisation['update'] {
  const rename = db.prepare(`UPDATE runs SET name = ? WHERE id IN ${these}`);
  const archive = db.prepare(`UPDATE runs SET archived = ? WHERE id IN ${these}`);
  const dropNote = db.prepare(`DELETE FROM run_notes WHERE run IN ${these}`);
  const putNote = db.prepare(`INSERT INTO run_notes (run, note) SELECT value, ? FROM json_each(?)`);
  const dropTags = db.prepare(`DELETE FROM run_tags WHERE run IN ${these}`);
  const dropTag = db.prepare(`DELETE FROM run_tags WHERE tag = ? AND run IN ${these}`);
  const spelling = db.prepare('SELECT tag FROM run_tags WHERE tag = ? LIMIT 1').pluck();
  const putTag = db.prepare('INSERT OR IGNORE INTO run_tags (run, tag) SELECT value, ? FROM json_each(?)');
  return (runs, { name, note, archived, tags, addTags = [], removeTags = [] }) => {
    const list = JSON.stringify(runs);
    db.transaction(() => {
      if (name !== undefined) rename.run(name, list);
      if (archived !== undefined) archive.run(archived ? 1 : 0, list);
      if (note !== undefined) {
        dropNote.run(list);
        if (note.trim() !== '') putNote.run(note, list);
      }
      if (tags) dropTags.run(list);
      for (const tag of removeTags) dropTag.run(tag, list);
      // A tag keeps the spelling of its first use everywhere: "Wide" and "wide" are one tag.
      for (const tag of [...(tags ?? []), ...addTags]) {
        putTag.run(spelling.get(tag) ?? tag, list);
      }
    }).immediate();
  };
}

function purging(db: Db): Pick<Organisation, 'startPurge' | 'endPurge'> {
  const startPurge = db.prepare('UPDATE runs SET purging = 1 WHERE purging = 0 AND deleted_at < ?');
  const startPurgeOf = db.prepare(
    `UPDATE runs SET purging = 1 WHERE purging = 0 AND deleted_at < ? AND id IN ${these}`,
  );
  const purging = db.prepare('SELECT id FROM runs WHERE purging = 1 ORDER BY id').pluck();
  const endPurge = db.prepare('DELETE FROM runs WHERE id = ? AND purging = 1');
  return {
    startPurge: (before, runs) =>
      db
        .transaction(() => {
          if (runs) startPurgeOf.run(before, JSON.stringify(runs));
          else startPurge.run(before);
          return purging.all() as number[];
        })
        .immediate(),
    endPurge: (run) => {
      endPurge.run(run);
    },
  };
}
