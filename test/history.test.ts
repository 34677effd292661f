/** History against real files and other processes. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { migrate } from '../src/main/history/migrations/index.ts';
import { type History, historyFile, openHistory } from '../src/main/history/open.ts';
import type { EpochRecord } from '../src/shared/runs/runs.ts';
import { runDetailSchema } from '../src/shared/runs/runs.ts';
import { removeFolder, temporaryFolder } from './support/lab.ts';
import { newRun } from './support/newRun.ts';
import { type StartedProcess, startProcess } from './support/processes.ts';

let home: string;
let opened: History[];
let processes: StartedProcess[];
beforeEach(() => {
  home = temporaryFolder();
  opened = [];
  processes = [];
});
afterEach(async () => {
  for (const history of opened) history.close();
  await Promise.all(processes.map((each) => each.kill()));
  removeFolder(home);
});

function open(): History {
  const history = openHistory(home);
  opened.push(history);
  return history;
}

async function otherProcess(): Promise<{ other: StartedProcess; run: number }> {
  const other = startProcess('historyProcess.ts', home);
  processes.push(other);
  return { other, run: Number(await other.line()) };
}

const epoch = (epoch: number, testCorrect: number, change: Partial<EpochRecord> = {}): EpochRecord => ({
  epoch,
  trainLoss: 0.5,
  testLoss: 0.25,
  testCorrect,
  testTotal: 100,
  confusion: [testCorrect, 100 - testCorrect, 0, 0],
  trainSeconds: 1.5,
  testSeconds: 0.5,
  details: null,
  ...change,
});

describe('runs', () => {
  test('what is put in comes out, after closing too', () => {
    const history = open();
    const run = history.runs.insert(newRun({ name: '卷积 "net"' }), history.owner);
    history.runs.setStatus(run, 'running', null);
    history.runs.setStarted(run, '2.21.0', 321);
    history.runs.setProgress(run, 350, 4.5);
    history.epochs.insert(run, epoch(1, 90));
    history.epochs.insert(run, epoch(2, 90, { trainLoss: NaN, testLoss: Infinity }));
    history.epochs.insert(run, epoch(3, 80, { testLoss: NaN }));
    history.runs.refreshResults(run);
    history.runningLosses.insert(run, { epoch: 1, batch: 300, loss: 0.1 + 0.2 });
    history.runningLosses.insert(run, { epoch: 2, batch: 300, loss: NaN });
    const detail = history.detail(run);
    expect(runDetailSchema.parse(detail)).toEqual(detail);
    expect(detail).toMatchObject({
      ...newRun({ name: '卷积 "net"' }),
      id: run,
      status: 'running',
      endedAt: null,
      versions: { stride: '0.1.0', node: '24.0.0', tensorflow: '2.21.0' },
      step: 350,
      trainSeconds: 4.5,
      epochsDone: 3,
      // Of equal epochs the first is the best.
      best: { epoch: 1, testCorrect: 90 },
      last: { epoch: 3, testCorrect: 80, testTotal: 100, testLoss: NaN },
      runningLosses: [
        { epoch: 1, batch: 300, loss: 0.1 + 0.2 },
        { epoch: 2, batch: 300, loss: NaN },
      ],
    });
    expect(detail?.epochs).toEqual([
      epoch(1, 90),
      epoch(2, 90, { trainLoss: NaN, testLoss: Infinity }),
      epoch(3, 80, { testLoss: NaN }),
    ]);
    history.runs.setStatus(run, 'stopped', null);
    const stopped = history.detail(run);
    opened.pop()?.close();
    expect(open().detail(run)).toEqual(stopped);
  });

  test('newest first, in pages', () => {
    const history = open();
    for (const name of ['a', 'b', 'c']) history.runs.insert(newRun({ name }), history.owner);
    expect(history.runs.list(2, 0).map(({ name }) => name)).toEqual(['c', 'b']);
    expect(history.runs.list(2, 2).map(({ name }) => name)).toEqual(['a']);
    expect(history.runs.count()).toBe(3);
    expect(history.runs.summary(4)).toBeUndefined();
    expect(history.detail(4)).toBeUndefined();
  });

  test('times follow the status', () => {
    const history = open();
    const run = history.runs.insert(newRun(), history.owner);
    expect(history.runs.summary(run)).toMatchObject({ status: 'queued', startedAt: null, endedAt: null });
    history.runs.setStatus(run, 'running', null);
    const started = history.runs.summary(run)?.startedAt;
    expect(started).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    const problem = { code: 'a.b', message: 'it broke', parameters: { step: 1 } };
    history.runs.setStatus(run, 'failed', problem);
    expect(history.runs.summary(run)).toMatchObject({
      startedAt: started,
      endedAt: expect.any(String),
      problem,
    });
    expect(history.runs.ownerOf(run)).toBeNull();
    expect(history.runs.claim(run, history.owner)).toBe(true);
    expect(history.runs.claim(run, history.owner)).toBe(false);
    history.runs.setStatus(run, 'queued', null);
    expect(history.runs.summary(run)).toMatchObject({ startedAt: started, endedAt: null, problem: null });
    expect(history.runs.ownerOf(run)).toBe(history.owner);
  });

  test('cut back to a point in the middle of an epoch, and to the start', () => {
    const history = open();
    const run = history.runs.insert(newRun(), history.owner);
    history.batchLosses.append(
      run,
      0,
      Float32Array.from({ length: 900 }, (_, step) => step),
      9,
    );
    for (const [number, batch] of [
      [1, 300],
      [2, 300],
      [2, 600],
      [3, 300],
    ] as const) {
      history.runningLosses.insert(run, { epoch: number, batch, loss: 1 });
    }
    for (const number of [1, 2]) history.epochs.insert(run, epoch(number, 50 + number));
    history.runs.refreshResults(run);
    history.runs.setProgress(run, 900, 99);

    history.truncate(run, { step: 650, epoch: 2, batch: 329, epochSeconds: 0.25 });
    expect(history.batchLosses.count(run)).toBe(650);
    expect(history.detail(run)).toMatchObject({
      step: 650,
      epochsDone: 1,
      best: { epoch: 1, testCorrect: 51 },
      last: { epoch: 1 },
      trainSeconds: 1.75,
      epochs: [{ epoch: 1 }],
      runningLosses: [
        { epoch: 1, batch: 300 },
        { epoch: 2, batch: 300 },
      ],
    });

    history.truncate(run, { step: 0, epoch: 1, batch: 0, epochSeconds: 0 });
    expect(history.batchLosses.count(run)).toBe(0);
    expect(history.detail(run)).toMatchObject({
      step: 0,
      epochsDone: 0,
      best: null,
      last: null,
      trainSeconds: 0,
      epochs: [],
      runningLosses: [],
    });
  });

  test('a transaction is undone as a whole', () => {
    const history = open();
    const run = history.runs.insert(newRun(), history.owner);
    for (const within of ['transaction', 'durably'] as const) {
      expect(() =>
        history[within](() => {
          history.batchLosses.append(run, 0, Float32Array.of(1), 1);
          throw new Error('no');
        }),
      ).toThrow('no');
      expect(history.batchLosses.count(run)).toBe(0);
    }
    history.durably(() => history.batchLosses.append(run, 0, Float32Array.of(1), 1));
    expect(history.batchLosses.count(run)).toBe(1);
  });

  test('ten thousand runs: a page and a run are found by an index', () => {
    const history = open();
    history.transaction(() => {
      for (let i = 0; i < 10_000; i++) history.runs.insert(newRun(), history.owner);
    });
    expect(history.runs.list(100, 9_900)).toHaveLength(100);
    expect(history.runs.list(1, 0)[0]?.id).toBe(10_000);
    const db = new Database(join(home, historyFile), { readonly: true });
    const plan = (sql: string) =>
      (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[])
        .map(({ detail }) => detail)
        .join('; ');
    expect(plan('SELECT * FROM runs ORDER BY id DESC LIMIT 100')).not.toContain('TEMP B-TREE');
    expect(
      plan("SELECT DISTINCT owner FROM runs WHERE status IN ('queued', 'running') AND owner <> 'a'"),
    ).toContain('runs_by_status');
    for (const table of ['epochs', 'running_losses', 'batch_losses', 'checkpoints']) {
      expect(plan(`SELECT * FROM ${table} WHERE run = 1`)).toMatch(/^SEARCH/);
    }
    db.close();
  });
});

describe('several processes', () => {
  test('which open a new history at the same moment', async () => {
    const all = await Promise.all([1, 2, 3, 4].map(() => otherProcess()));
    expect(all.map(({ run }) => run).toSorted()).toEqual([1, 2, 3, 4]);
    expect(open().runs.count()).toBe(4);
  });

  test('of which one makes the tables between two looks of the other at the file', () => {
    const path = join(home, historyFile);
    const other = new Database(path);
    other.pragma('journal_mode = WAL');
    const { pragma } = Database.prototype;
    const looks = vi.spyOn(Database.prototype, 'pragma').mockImplementation(function (
      this: typeof other,
      ...of
    ) {
      const answer: unknown = pragma.apply(this, of);
      if (this.readonly) {
        looks.mockRestore();
        migrate(other);
        other.close();
      }
      return answer;
    });
    expect(open().runs.count()).toBe(0);
    expect(looks.getMockImplementation()).toBeUndefined();
  });

  test('a run under way is interrupted when its process is gone, and not before', async () => {
    const { other, run } = await otherProcess();
    const history = open();
    const mine = history.runs.insert(newRun(), history.owner);
    expect(history.recover()).toEqual([]);
    expect(history.runs.summary(run)?.status).toBe('running');
    await other.kill();
    expect(history.recover()).toEqual([run]);
    expect(history.runs.summary(run)).toMatchObject({ status: 'interrupted', endedAt: expect.any(String) });
    expect(history.runs.ownerOf(run)).toBeNull();
    expect(history.runs.summary(mine)?.status).toBe('queued');
    expect(history.recover()).toEqual([]);
    const db = new Database(history.path, { readonly: true });
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
  });

  test('a run whose last epoch was kept is finished, though its process is gone', async () => {
    const { other, run } = await otherProcess();
    const history = open();
    for (const number of [1, 2, 3]) history.epochs.insert(run, epoch(number, 50));
    history.runs.refreshResults(run);
    await other.kill();
    expect(history.recover()).toEqual([run]);
    expect(history.runs.summary(run)?.status).toBe('finished');
  });

  test('one owner a history; its file goes with it', () => {
    const history = open();
    expect(open().owner).not.toBe(history.owner);
    expect(readdirSync(join(home, 'owners'))).toHaveLength(2);
    for (const each of opened.splice(0)) each.close();
    expect(readdirSync(join(home, 'owners'))).toEqual([]);
  });
});

test('preferences: so many and no more, and one that cannot be sent hides no other', () => {
  const history = open();
  for (let i = 0; i < 1000; i += 1) history.preferences.put(`key${i}`, i);
  expect(() => history.preferences.put('one.more', 1)).toThrow(
    expect.objectContaining({ code: 'preferences.too-many' }) as Error,
  );
  history.preferences.put('key1', 'another value');
  const db = new Database(join(home, historyFile));
  db.prepare("UPDATE preferences SET value = ? WHERE key = 'key2'").run('['.repeat(500) + ']'.repeat(500));
  db.prepare("UPDATE preferences SET value = '{' WHERE key = 'key3'").run();
  db.close();
  const all = history.preferences.all();
  expect(Object.keys(all)).toHaveLength(998);
  expect(all['key1']).toBe('another value');
});
