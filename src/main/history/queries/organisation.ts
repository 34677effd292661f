/** Names, tags, notes, the archive, and the deleted runs. */
import type { Db } from '../sqlite.ts';

export interface RunChange {
  readonly name?: string | undefined;
  readonly note?: string | undefined;
  readonly archived?: boolean | undefined;
  /** In the place of all that there are. */
  readonly tags?: readonly string[] | undefined;
  readonly addTags?: readonly string[] | undefined;
  readonly removeTags?: readonly string[] | undefined;
}

export interface Organisation {
  update(runs: readonly number[], change: RunChange): void;
  /** Those of these that are there and not deleted; nothing is said of the others. */
  present(runs: readonly number[]): number[];
  /** Those of these that a process is training, or is to train. */
  underWay(runs: readonly number[]): number[];
  /** Marks them; those that are deleted already keep their time. */
  delete(runs: readonly number[], at: string): void;
  /** Returns those that could be restored: deleted, but not being removed for good. */
  undelete(runs: readonly number[]): number[];
  /** Deleted ones: those named, or all, that were deleted before `before`; and those whose removal was cut short. */
  startPurge(before: string, runs?: readonly number[]): number[];
  /** With all that history has of it. Its files must be gone by then. */
  endPurge(run: number): void;
  /** The most tags of a run among these, after `add` is added to its own. */
  mostTagsWith(runs: readonly number[], add: readonly string[]): number;
}

const these = '(SELECT value FROM json_each(?))';

export function organisation(db: Db): Organisation {
  const rename = db.prepare(`UPDATE runs SET name = ? WHERE id IN ${these}`);
  const archive = db.prepare(`UPDATE runs SET archived = ? WHERE id IN ${these}`);
  const dropNote = db.prepare(`DELETE FROM run_notes WHERE run IN ${these}`);
  const putNote = db.prepare(`INSERT INTO run_notes (run, note) SELECT value, ? FROM json_each(?)`);
  const dropTags = db.prepare(`DELETE FROM run_tags WHERE run IN ${these}`);
  const dropTag = db.prepare(`DELETE FROM run_tags WHERE tag = ? AND run IN ${these}`);
  const spelling = db.prepare('SELECT tag FROM run_tags WHERE tag = ? LIMIT 1').pluck();
  const putTag = db.prepare('INSERT OR IGNORE INTO run_tags (run, tag) SELECT value, ? FROM json_each(?)');
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
  const startPurge = db.prepare('UPDATE runs SET purging = 1 WHERE purging = 0 AND deleted_at < ?');
  const startPurgeOf = db.prepare(
    `UPDATE runs SET purging = 1 WHERE purging = 0 AND deleted_at < ? AND id IN ${these}`,
  );
  const purging = db.prepare('SELECT id FROM runs WHERE purging = 1 ORDER BY id').pluck();
  const endPurge = db.prepare('DELETE FROM runs WHERE id = ? AND purging = 1');
  const tagCount = db
    .prepare(
      `SELECT max(n) FROM (SELECT count(*) AS n FROM
        (SELECT run, tag FROM run_tags WHERE run IN ${these}
          UNION SELECT r.value, t.value COLLATE NOCASE FROM json_each(?) r, json_each(?) t) GROUP BY run)`,
    )
    .pluck();

  return {
    update: (runs, { name, note, archived, tags, addTags = [], removeTags = [] }) => {
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
        // A tag is spelt everywhere as it was the first time: "Wide" and "wide" are one.
        for (const tag of [...(tags ?? []), ...addTags]) {
          putTag.run(spelling.get(tag) ?? tag, list);
        }
      }).immediate();
    },
    present: (runs) => present.all(JSON.stringify(runs)) as number[],
    underWay: (runs) => underWay.all(JSON.stringify(runs)) as number[],
    delete: (runs, at) => {
      remove.run(at, JSON.stringify(runs));
    },
    undelete: (runs) => restore.all(JSON.stringify(runs)) as number[],
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
    mostTagsWith: (runs, add) => {
      const list = JSON.stringify(runs);
      return (tagCount.get(list, list, JSON.stringify(add)) as number | null) ?? 0;
    },
  };
}
