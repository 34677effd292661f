/** Runs work at most once a frame, however often it is requested; not at all while the window is hidden. */

export interface FrameTask {
  request(): void;
  cancel(): void;
}

export function oncePerFrame(task: () => void): FrameTask {
  let pending = 0;
  return {
    request() {
      pending ||= requestAnimationFrame(() => {
        pending = 0;
        task();
      });
    },
    cancel() {
      cancelAnimationFrame(pending);
      pending = 0;
    },
  };
}

const waiting: (() => void)[] = [];
const turn = oncePerFrame(() => {
  waiting.shift()?.();
  if (waiting.length > 0) turn.request();
});

/**
 * Runs one such task a frame, in their order, so that several tasks do not add up to a long one. Returns the function
 * that cancels it.
 */
export function inTurn(task: () => void): () => void {
  waiting.push(task);
  turn.request();
  return () => {
    const place = waiting.indexOf(task);
    if (place >= 0) waiting.splice(place, 1);
  };
}
