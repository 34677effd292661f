import { expect, test } from 'vitest';
import { drawingPace, nextInterval } from './drawingPace.ts';
import { batchInterval } from './eventBatch.ts';

/** Simulates a window that takes `frame` seconds of a core for each batch; returns the last of `count` intervals. */
function settle(frame: number, count = 100): number {
  let time = 0;
  let seconds = 0;
  const pace = drawingPace(
    () => seconds,
    () => time,
  );
  let interval = 0;
  for (let batch = 0; batch < count; batch++) {
    interval = pace();
    time += interval;
    seconds += frame;
  }
  return interval;
}

test('a window that draws at little cost has four batches a second', () => {
  expect(settle(0.002)).toBe(batchInterval);
});

test('without a graphics card the batches are so far apart that drawing takes five percent of a core', () => {
  expect(settle(0.035) / 700).toBeCloseTo(1, 1);
});

test('curves move at least once a second', () => {
  expect(settle(0.5)).toBe(1000);
});

test('the pace returns to four batches a second when drawing costs less', () => {
  let interval = 1000;
  for (let times = 0; times < 20; times++) interval = nextInterval(interval, 0.002 / (interval / 1000));
  expect(interval).toBe(batchInterval);
});

test('the time before a pause is not compared with the time after it', () => {
  let time = 0;
  let seconds = 0;
  const pace = drawingPace(
    () => seconds,
    () => time,
  );
  pace();
  time += 60_000;
  seconds += 30;
  expect(pace()).toBe(batchInterval);
});
