/** Opens SQLite databases. No other file imports better-sqlite3. */
import Database from 'better-sqlite3';

export { Database };
export type Db = Database.Database;
export const { SqliteError } = Database;
