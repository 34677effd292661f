/** Work done at most once a frame, however often it is asked for; not at all while the window is hidden. */

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

/** One such task a frame, in their order, so that several that are wanted at once are no long one. Gives what cancels it. */
export function inTurn(task: () => void): () => void {
  waiting.push(task);
  turn.request();
  return () => {
    const place = waiting.indexOf(task);
    if (place >= 0) waiting.splice(place, 1);
  };
}
