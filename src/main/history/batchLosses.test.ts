import { beforeEach, expect, test } from 'vitest';
import { type BatchLosses, batchLossesTable, chunkLength } from './batchLosses.ts';
import { up } from './migrations/0003-losses.ts';
import { Database, type Db } from './sqlite.ts';

let db: Db;
let losses: BatchLosses;
beforeEach(() => {
  db = new Database(':memory:');
  db.pragma('foreign_keys = OFF');
  up(db);
  losses = batchLossesTable(db);
});

const values = (from: number, to: number) =>
  Float32Array.from({ length: to - from }, (_, index) => Math.fround(1 / (from + index + 1)));
const fill = (count: number, portion: number, run = 1) => {
  for (let step = 0; step < count; step += portion)
    losses.append(run, step, values(step, Math.min(count, step + portion)));
};

test.each([1, 7, 300, 1023, 1024, 1025, 5000])('portions of %i: all are kept, in full chunks', (portion) => {
  const count = portion === 1 ? 1100 : 5000;
  fill(count, portion);
  expect(losses.count(1)).toBe(count);
  expect(losses.read(1, 0)).toEqual(values(0, count));
  const chunks = db
    .prepare('SELECT first_step, length(losses) / 4 AS n FROM batch_losses ORDER BY first_step')
    .all();
  expect(chunks).toEqual(
    Array.from({ length: Math.ceil(count / chunkLength) }, (_, index) => ({
      first_step: index * chunkLength,
      n: Math.min(chunkLength, count - index * chunkLength),
    })),
  );
});

test.each([0, 1, 1023, 1024, 1025, 2999, 3000, 3001, 9999])('read from step %i', (from) => {
  fill(3000, 250);
  expect(losses.read(1, from)).toEqual(values(Math.min(from, 3000), 3000));
});

test.each([0, 1, 1024, 1500, 2048, 2999, 3000, 4000])('cut at step %i, and go on', (step) => {
  fill(3000, 250);
  losses.truncate(1, step);
  const kept = Math.min(step, 3000);
  expect(losses.count(1)).toBe(kept);
  expect(losses.read(1, 0)).toEqual(values(0, kept));
  losses.append(1, kept, values(kept, 3100));
  expect(losses.read(1, 0)).toEqual(values(0, 3100));
});

test('a gap and an overlap are mistakes', () => {
  fill(10, 10);
  expect(() => losses.append(1, 11, values(0, 1))).toThrow('cannot follow 10 losses');
  expect(() => losses.append(1, 9, values(0, 1))).toThrow('cannot follow 10 losses');
  expect(() => losses.append(2, 1, values(0, 1))).toThrow('cannot follow 0 losses');
});

test('runs do not mix; what is not a number is kept', () => {
  fill(1500, 100, 1);
  losses.append(2, 0, Float32Array.of(NaN, Infinity, -Infinity));
  losses.truncate(1, 0);
  expect(losses.read(1, 0)).toHaveLength(0);
  expect([...losses.read(2, 0)]).toEqual([NaN, Infinity, -Infinity]);
});
