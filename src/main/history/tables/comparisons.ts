/** The table of named comparisons. */
import type { KeptComparison } from '../../../shared/compare/comparison.ts';
import type { Db } from '../sqlite.ts';

type Content = Omit<KeptComparison, 'id' | 'updatedAt'>;

export interface Comparisons {
  /** Returns all comparisons, newest first. */
  list(): KeptComparison[];
  add(comparison: Content): KeptComparison;
  /** Returns undefined if there is none with this number. */
  update(id: number, comparison: Content): KeptComparison | undefined;
  /** Returns false if there is none with this number. */
  remove(id: number): boolean;
}

interface Row extends Omit<KeptComparison, 'runs'> {
  readonly runs: string;
}

export function comparisonsTable(db: Db): Comparisons {
  const columns = 'id, name, runs, baseline, note, updated_at AS updatedAt';
  const list = db.prepare(`SELECT ${columns} FROM comparisons ORDER BY updated_at DESC, id DESC`);
  const add = db.prepare(`
    INSERT INTO comparisons (name, runs, baseline, note, updated_at)
    VALUES (@name, @runs, @baseline, @note, @at) RETURNING ${columns}`);
  const update = db.prepare(`
    UPDATE comparisons SET name = @name, runs = @runs, baseline = @baseline, note = @note, updated_at = @at
    WHERE id = @id RETURNING ${columns}`);
  const remove = db.prepare('DELETE FROM comparisons WHERE id = ?');
  const kept = ({ runs, ...row }: Row): KeptComparison => ({ ...row, runs: JSON.parse(runs) as number[] });
  const parameters = (comparison: Content) => ({
    ...comparison,
    runs: JSON.stringify(comparison.runs),
    at: new Date().toISOString(),
  });
  return {
    list: () => (list.all() as Row[]).map(kept),
    add: (comparison) => kept(add.get(parameters(comparison)) as Row),
    update: (id, comparison) => {
      const row = update.get({ ...parameters(comparison), id }) as Row | undefined;
      return row && kept(row);
    },
    remove: (id) => remove.run(id).changes > 0,
  };
}
