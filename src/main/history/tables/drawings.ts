/** The table of drawings that are kept as a test set. */
import type { Drawing } from '../../../shared/inspect/drawing/drawings.ts';
import type { Db } from '../sqlite.ts';

export interface Drawings {
  /** Returns a data set's drawings, oldest first. */
  list(dataset: string): Drawing[];
  add(drawing: Omit<Drawing, 'id' | 'createdAt'> & { readonly dataset: string }): Drawing;
  /** Returns false if there is none with this number. */
  remove(id: number): boolean;
}

interface Row extends Omit<Drawing, 'pixels'> {
  readonly pixels: Uint8Array;
}

export function drawingsTable(db: Db): Drawings {
  const columns = 'id, label, pixels, created_at AS createdAt';
  const list = db.prepare(`SELECT ${columns} FROM drawings WHERE dataset = ? ORDER BY id`);
  const add = db.prepare(`
    INSERT INTO drawings (dataset, label, pixels, created_at) VALUES (@dataset, @label, @pixels, @at)
    RETURNING ${columns}`);
  const remove = db.prepare('DELETE FROM drawings WHERE id = ?');
  const drawing = ({ pixels, ...row }: Row): Drawing => ({
    ...row,
    pixels: Float32Array.from(pixels, (byte) => byte / 255),
  });
  return {
    list: (dataset) => (list.all(dataset) as Row[]).map(drawing),
    add: ({ pixels, ...rest }) =>
      drawing(
        add.get({
          ...rest,
          pixels: Buffer.from(Uint8Array.from(pixels, (pixel) => Math.round(255 * pixel))),
          at: new Date().toISOString(),
        }) as Row,
      ),
    remove: (id) => remove.run(id).changes > 0,
  };
}
