/** The table of preferences: JSON by key, of which history knows no meaning. */
import type { Db } from './sqlite.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface Preferences {
  all(): Record<string, Json>;
  put(key: string, value: Json): void;
  remove(key: string): void;
}

export function preferencesTable(db: Db): Preferences {
  const all = db.prepare('SELECT key, value FROM preferences ORDER BY key');
  const put = db.prepare(`
    INSERT INTO preferences (key, value, updated_at) VALUES (@key, @value, @at)
    ON CONFLICT (key) DO UPDATE SET value = @value, updated_at = @at`);
  const remove = db.prepare('DELETE FROM preferences WHERE key = ?');

  return {
    all: () =>
      Object.fromEntries(
        (all.all() as { key: string; value: string }[]).map(({ key, value }) => [
          key,
          JSON.parse(value) as Json,
        ]),
      ),
    put: (key, value) => {
      put.run({ key, value: JSON.stringify(value), at: new Date().toISOString() });
    },
    remove: (key) => {
      remove.run(key);
    },
  };
}
