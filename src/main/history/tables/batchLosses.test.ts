import { beforeEach, expect, test } from 'vitest';
import { type BatchLosses, batchLossesTable, chunkLength } from './batchLosses.ts';
import { up } from '../migrations/0003-losses.ts';
import { up as addClock } from '../migrations/0007-clock.ts';
import { Database, type Db } from '../sqlite.ts';

let db: Db;
let losses: BatchLosses;
beforeEach(() => {
  db = new Database(':memory:');
  db.pragma('foreign_keys = OFF');
  up(db);
  addClock(db);
  losses = batchLossesTable(db);
});

const values = (from: number, to: number) =>
  Float32Array.from({ length: to - from }, (_, index) => Math.fround(1 / (from + index + 1)));
const fill = (count: number, portion: number, run = 1) => {
  for (let step = 0; step < count; step += portion)
    losses.append(
      run,
      step,
      values(step, Math.min(count, step + portion)),
      Math.min(count, step + portion) / 100,
    );
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
  losses.append(1, kept, values(kept, 3100), 31);
  expect(losses.read(1, 0)).toEqual(values(0, 3100));
});

test('a gap and an overlap are mistakes', () => {
  fill(10, 10);
  expect(() => losses.append(1, 11, values(0, 1), 1)).toThrow('cannot follow 10 losses');
  expect(() => losses.append(1, 9, values(0, 1), 1)).toThrow('cannot follow 10 losses');
  expect(() => losses.append(2, 1, values(0, 1), 1)).toThrow('cannot follow 0 losses');
});

test('runs do not mix; what is not a number is kept', () => {
  fill(1500, 100, 1);
  losses.append(2, 0, Float32Array.of(NaN, Infinity, -Infinity), null);
  losses.truncate(1, 0);
  expect(losses.read(1, 0)).toHaveLength(0);
  expect([...losses.read(2, 0)]).toEqual([NaN, Infinity, -Infinity]);
});

test('the clock: a reading a chunk, between two flushes in proportion', () => {
  fill(2500, 300);
  expect(losses.clock(1, 0)).toEqual([
    { step: 1024, seconds: expect.closeTo(10.24, 9) as number },
    { step: 2048, seconds: expect.closeTo(20.48, 9) as number },
    { step: 2500, seconds: 25 },
  ]);
  expect(losses.clock(1, 2100).map(({ step }) => step)).toEqual([2500]);
  // These losses cover half a second in which a step takes ten times as long.
  losses.append(2, 0, values(0, 512), 1);
  losses.append(2, 512, values(512, 1536), 21);
  expect(losses.clock(2, 0)).toEqual([
    { step: 1024, seconds: 11 },
    { step: 1536, seconds: 21 },
  ]);
});

test('the clock after a cut, and where nobody has read it', () => {
  fill(1500, 500);
  losses.truncate(1, 1200);
  expect(losses.clock(1, 0).map(({ step }) => step)).toEqual([1024]);
  losses.append(1, 1200, values(1200, 1300), 13);
  expect(losses.clock(1, 1024)).toEqual([{ step: 1300, seconds: 13 }]);
  losses.append(2, 0, values(0, 10), null);
  expect(losses.clock(2, 0)).toEqual([]);
});
