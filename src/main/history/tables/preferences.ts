/** The table of preferences: JSON by key, which history does not interpret. */
import { Problem } from '../../../shared/base/problem.ts';
import { depthOf, deepest } from '../../../shared/base/jsonDepth.ts';
import type { Db } from '../sqlite.ts';

/** Limit on the number of preferences; a window has a few dozen. */
const mostPreferences = 1000;

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
  const count = db.prepare('SELECT count(*) FROM preferences').pluck();
  const has = db.prepare('SELECT 1 FROM preferences WHERE key = ?').pluck();
  const remove = db.prepare('DELETE FROM preferences WHERE key = ?');

  return {
    all: () =>
      Object.fromEntries(
        (all.all() as { key: string; value: string }[]).flatMap(({ key, value }): [string, Json][] => {
          const known = readPreference(value);
          return known === undefined ? [] : [[key, known]];
        }),
      ),
    put: (key, value) => {
      if (value !== null && !has.get(key) && (count.get() as number) >= mostPreferences) {
        throw new Problem(
          'preferences.too-many',
          `there are ${mostPreferences} preferences, and no more are kept; forget one first`,
          { most: mostPreferences },
        );
      }
      put.run({ key, value: JSON.stringify(value), at: new Date().toISOString() });
    },
    remove: (key) => {
      remove.run(key);
    },
  };
}

/**
 * Returns undefined for a value that cannot be sent to a window, so that a value that is damaged or nested
 * too deeply does not hide the others.
 */
function readPreference(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return depthOf(value) <= deepest ? value : undefined;
  } catch {
    return undefined;
  }
}
