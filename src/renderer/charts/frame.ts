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
