/** A history that cannot be opened is left as it is, and says why. */
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrations } from '../src/main/history/migrations/index.ts';
import { type History, historyFile, openHistory } from '../src/main/history/open.ts';
import { historyProblem } from '../src/main/history/problems.ts';
import { removeFolder, temporaryFolder } from './support/lab.ts';
import { newRun } from './support/newRun.ts';

let home: string;
let opened: History[];
beforeEach(() => {
  home = temporaryFolder();
  opened = [];
});
afterEach(() => {
  for (const history of opened) history.close();
  removeFolder(home);
});

function open(): History {
  const history = openHistory(home);
  opened.push(history);
  return history;
}

describe('what cannot be opened is left as it is', () => {
  const path = () => join(home, historyFile);

  test('a newer history', () => {
    open().runs.insert(newRun(), 'nobody');
    opened.pop()?.close();
    const db = new Database(path());
    db.pragma(`user_version = ${migrations.length + 1}`);
    db.close();
    const before = readFileSync(path());
    expect(() => openHistory(home)).toThrow(expect.objectContaining({ code: 'history.newer' }));
    expect(() => openHistory(home)).toThrow(`its format is ${migrations.length + 1}`);
    expect(readFileSync(path()).equals(before)).toBe(true);
  });

  test('a file that is no database', () => {
    writeFileSync(path(), 'these are my notes, and no database. '.repeat(100));
    const before = readFileSync(path());
    expect(() => openHistory(home)).toThrow(expect.objectContaining({ code: 'history.not-a-database' }));
    expect(readFileSync(path()).equals(before)).toBe(true);
    expect(existsSync(`${path()}-wal`)).toBe(false);
  });

  test("another program's database", () => {
    const db = new Database(path());
    db.exec('CREATE TABLE notes (text TEXT)');
    db.close();
    const before = readFileSync(path());
    expect(() => openHistory(home)).toThrow(expect.objectContaining({ code: 'history.foreign' }));
    expect(readFileSync(path()).equals(before)).toBe(true);
  });

  test('a damaged history', () => {
    open();
    opened.pop()?.close();
    const bytes = readFileSync(path());
    bytes.fill(0xff, 100, 4096);
    writeFileSync(path(), bytes);
    expect(() => openHistory(home)).toThrow(expect.objectContaining({ code: 'history.damaged' }));
    expect(readFileSync(path()).equals(bytes)).toBe(true);
  });

  test('a folder that is a file', () => {
    writeFileSync(join(home, 'file'), '');
    expect(() => openHistory(join(home, 'file'))).toThrow(expect.objectContaining({ code: 'home.unusable' }));
  });

  test('an empty file is a new history', () => {
    writeFileSync(path(), '');
    expect(open().runs.count()).toBe(0);
  });
});

test.each([
  ['SQLITE_FULL', 'history.disk-full'],
  ['SQLITE_READONLY_DIRECTORY', 'history.read-only'],
  ['SQLITE_CANTOPEN', 'history.cannot-open'],
  ['SQLITE_BUSY_SNAPSHOT', 'history.busy'],
  ['SQLITE_IOERR_WRITE', 'history.input-output'],
])("SQLite's %s is said for people", (code, expected) => {
  expect(historyProblem(new Database.SqliteError('bad luck', code), '/a/file')).toMatchObject({
    name: 'Problem',
    code: expected,
    message: expect.stringContaining('/a/file'),
  });
});

test('other errors pass as they are', () => {
  const error = new Database.SqliteError('a mistake', 'SQLITE_CONSTRAINT_NOTNULL');
  expect(historyProblem(error, '/a/file')).toBe(error);
});

test('what lies among the owners and is none keeps nobody out, and is not called a damaged history', () => {
  openHistory(home).close();
  const owners = join(home, 'owners');
  const names = ['garbage.lock', `${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}.lock`, 'notes.txt'];
  for (const name of names) writeFileSync(join(owners, name), 'garbage '.repeat(1000));
  const folder = `${'1'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}.lock`;
  mkdirSync(join(owners, folder));
  const old = new Date(Date.now() - 3_600_000);
  for (const name of [...names, folder]) utimesSync(join(owners, name), old, old);
  const history = openHistory(home);
  expect(readdirSync(owners).sort()).toEqual(['garbage.lock', 'notes.txt', `${history.owner}.lock`].sort());
  history.close();
});

describe('a history that is not what its version says is told as one, without a stack trace', () => {
  test.each([
    ['a table that is missing', (db: Database.Database) => db.exec('DROP TABLE epochs')],
    ['a version below its tables', (db: Database.Database) => db.pragma('user_version = 3')],
    [
      'JSON in a row that is none',
      (db: Database.Database) => db.exec("UPDATE runs SET machine = 'no json' WHERE id = 1"),
    ],
  ])('%s', (_, damage) => {
    const before = openHistory(home);
    before.runs.insert(newRun(), before.owner);
    before.close();
    const db = new Database(join(home, historyFile));
    damage(db);
    db.close();
    const look = () => {
      const history = openHistory(home);
      opened.push(history);
      history.detail(1);
    };
    expect(look).toThrow(expect.objectContaining({ name: 'Problem', code: 'history.damaged' }) as Error);
  });
});
