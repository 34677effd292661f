import { expect, test } from 'vitest';
import { type Clock, drawingTime } from './drawingTime.ts';

/** A page whose tasks and frames happen when the test says so. */
function page() {
  let time = 0;
  const frames: (() => void)[] = [];
  const ends: (() => void)[] = [];
  const clock: Clock = {
    now: () => time,
    onFrame: (callback) => frames.push(callback),
    afterTask: (callback) => ends.push(callback),
  };
  const endTask = () => {
    for (const end of ends.splice(0)) end();
  };
  return {
    clock,
    frames,
    pass: (milliseconds: number) => (time += milliseconds),
    endTask,
    /** Draws a frame that takes `milliseconds` after its callbacks. */
    draw: (milliseconds: number) => {
      for (const frame of frames.splice(0)) frame();
      time += milliseconds;
      endTask();
    },
  };
}

test('the work, what follows it at once, and the frame that draws it count; waiting for the frame does not', () => {
  const reports: number[] = [];
  const { clock, pass, endTask, draw } = page();
  const measure = drawingTime((seconds) => reports.push(seconds), clock);
  measure(() => pass(20));
  pass(5);
  endTask();
  pass(400);
  draw(25);
  expect(reports).toEqual([0.05]);
});

test('a frame that draws several batches counts once, and reports are sums', () => {
  const reports: number[] = [];
  const { clock, pass, endTask, draw, frames } = page();
  const measure = drawingTime((seconds) => reports.push(seconds), clock);
  for (let batch = 0; batch < 3; batch++) {
    measure(() => pass(10));
    endTask();
  }
  expect(frames).toHaveLength(1);
  draw(70);
  measure(() => pass(10));
  endTask();
  draw(90);
  expect(reports).toEqual([0.1, 0.2]);
});
