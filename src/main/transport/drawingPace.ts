/**
 * Decides how often events go to a window: as often as its drawing leaves the training nearly all of the processor.
 *
 * A frame takes some 2 ms of a core with a graphics card and 35 ms without one, for which the threads that train wait if
 * there is no core to spare. So the processor time that the window takes is measured while events go to it, and batches
 * are as far apart as keeps it at `share`.
 */
import { batchInterval } from './eventBatch.ts';

/** Share of one core that a window may take. */
const share = 0.05;
/** The longest time between two batches, in milliseconds: curves must still be seen to move. */
const longest = 1000;
/** Milliseconds that a measurement takes; after twice as long without events there is nothing to compare with. */
const period = 1000;

/** Returns the milliseconds between batches that would have taken `share`, given what `interval` took. */
export function nextInterval(interval: number, taken: number): number {
  // Halfway to it, in ratios, because one measurement may include the work that a person asked for.
  const wanted = interval * Math.sqrt(taken / share);
  return Math.min(longest, Math.max(batchInterval, wanted));
}

/**
 * Returns a function that gives the milliseconds until the next batch; it is called once for each. `seconds` gives the
 * processor time that the window has taken since some moment.
 */
export function drawingPace(
  seconds: () => number,
  now: () => number = () => performance.now(),
): () => number {
  let interval = batchInterval;
  let before: { time: number; seconds: number } | undefined;
  return () => {
    const time = now();
    if (before && time - before.time < period) return interval;
    const measured = { time, seconds: seconds() };
    if (before && time - before.time < 2 * period) {
      interval = nextInterval(interval, (1000 * (measured.seconds - before.seconds)) / (time - before.time));
    }
    before = measured;
    return interval;
  };
}
