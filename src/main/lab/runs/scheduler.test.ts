import { describe, expect, test } from 'vitest';
import { Scheduler } from './scheduler.ts';
import type { Training } from './training.ts';

/** These trainings end when told to, and the fixture records the order in which they were started. */
function fixture(places: number) {
  const started: number[] = [];
  const trainings = new Map<number, { paused: boolean; end: () => Promise<void> }>();
  const told: (readonly number[])[] = [];
  const scheduler = new Scheduler(places, (waiting) => told.push(waiting));
  const job = (run: number, chain: object | null = null) => ({
    run,
    chain,
    start: () => {
      started.push(run);
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      const training = { run, paused: false, ended };
      trainings.set(run, {
        get paused() {
          return training.paused;
        },
        set paused(paused) {
          training.paused = paused;
        },
        end: async () => {
          resolve();
          await ended;
          await Promise.resolve();
        },
      });
      return training as unknown as Training;
    },
  });
  const training = (run: number) => {
    const found = trainings.get(run);
    if (!found) throw new Error(`run ${run} was not started`);
    return found;
  };
  return { scheduler, job, started, training, told };
}

describe('places', () => {
  test('no more at once than there are; the next in line takes a free one', async () => {
    const { scheduler, job, started, training } = fixture(2);
    scheduler.add([job(1), job(2), job(3), job(4)]);
    expect(started).toEqual([1, 2]);
    expect(scheduler.width).toBe(4);
    await training(2).end();
    expect(started).toEqual([1, 2, 3]);
    expect(scheduler.get(2)).toBeUndefined();
    expect(scheduler.get(3)?.run).toBe(3);
    expect(scheduler.active.map(({ run }) => run)).toEqual([1, 3]);
  });

  test('a paused run takes none', () => {
    const { scheduler, job, started, training } = fixture(1);
    scheduler.add([job(1), job(2), job(3)]);
    training(1).paused = true;
    scheduler.pump();
    expect(started).toEqual([1, 2]);
    expect(scheduler.width).toBe(2);
  });
});

describe('chains', () => {
  test('one after another, while others go on beside them', async () => {
    const { scheduler, job, started, training } = fixture(3);
    const chain = {};
    scheduler.add([job(1, chain), job(2, chain), job(3, chain)]);
    scheduler.add([job(4)]);
    expect(started).toEqual([1, 4]);
    expect(scheduler.width).toBe(2);
    training(1).paused = true;
    scheduler.pump();
    expect(started).toEqual([1, 4]);
    await training(1).end();
    expect(started).toEqual([1, 4, 2]);
    await training(2).end();
    expect(started).toEqual([1, 4, 2, 3]);
  });
});

test('those that wait can be taken out', async () => {
  const { scheduler, job, started, training } = fixture(1);
  scheduler.add([job(1), job(2), job(3), job(4)]);
  expect(scheduler.remove(1)).toBe(false);
  expect(scheduler.remove(2)).toBe(true);
  expect(scheduler.remove(2)).toBe(false);
  expect(scheduler.clear()).toEqual([3, 4]);
  await training(1).end();
  expect(started).toEqual([1]);
});

describe('the line', () => {
  test('can be put in another order', async () => {
    const { scheduler, job, started, training, told } = fixture(1);
    scheduler.add([job(1), job(2), job(3), job(4)]);
    expect(scheduler.waiting).toEqual([2, 3, 4]);
    expect(scheduler.move(4, 2)).toBe(true);
    expect(scheduler.move(2, null)).toBe(true);
    expect(scheduler.move(3, 3)).toBe(true);
    expect([scheduler.move(1, null), scheduler.move(2, 1), scheduler.move(9, 2)]).toEqual([
      false,
      false,
      false,
    ]);
    expect(scheduler.waiting).toEqual([4, 3, 2]);
    await training(1).end();
    expect(started).toEqual([1, 4]);
    expect(scheduler.remove(3)).toBe(true);
    expect(told).toEqual([[2, 3, 4], [4, 2, 3], [4, 3, 2], [3, 2], [2]]);
  });

  test('one of it can begin at once, beside the others and out of its chain', async () => {
    const { scheduler, job, started, training } = fixture(1);
    const chain = {};
    scheduler.add([job(1, chain), job(2, chain), job(3, chain)]);
    expect(scheduler.startNow(3)).toBe(true);
    expect(scheduler.startNow(3)).toBe(false);
    expect(started).toEqual([1, 3]);
    await training(1).end();
    expect(started).toEqual([1, 3]);
    await training(3).end();
    expect(started).toEqual([1, 3, 2]);
  });
});
