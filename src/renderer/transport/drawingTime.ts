/**
 * The time that the page's own thread takes to handle events and to draw what they changed. A browser does not tell a
 * page how much of the processor it uses, so the page adds up its tasks: the one that handles the events, with the
 * updates that follow it at once, and the frame after it, up to where the compositor takes over.
 */

/** Where the time comes from; a test has its own. */
export interface Clock {
  /** Returns milliseconds. */
  now(): number;
  /** Calls back at the start of the next frame; in a window that is hidden, when it is seen again. */
  onFrame(callback: () => void): void;
  /** Calls back once the current task has ended and what it scheduled for its end is done. */
  afterTask(callback: () => void): void;
}

/**
 * Returns a function that does work and measures it. `report` is called after the frame in which the work is drawn, with
 * the seconds that all of it has taken since the start.
 */
export function drawingTime(
  report: (seconds: number) => void,
  clock: Clock = pageClock(),
): (work: () => void) => void {
  let milliseconds = 0;
  let framePending = false;
  const addTask = (begun: number, then?: () => void) => {
    clock.afterTask(() => {
      milliseconds += clock.now() - begun;
      then?.();
    });
  };
  return (work) => {
    addTask(clock.now());
    work();
    if (framePending) return;
    framePending = true;
    clock.onFrame(() => {
      framePending = false;
      addTask(clock.now(), () => {
        report(milliseconds / 1000);
      });
    });
  };
}

function pageClock(): Clock {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return {
    now: () => performance.now(),
    onFrame: (callback) => requestAnimationFrame(callback),
    // A message to oneself is a task of its own. Layout and paint of a frame belong to the task of its callbacks.
    afterTask: (callback) => {
      waiting.push(callback);
      port2.postMessage(null);
    },
  };
}
