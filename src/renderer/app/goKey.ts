/** The key `g`, which begins a sequence of two keys: `g t` goes to the Train screen, so that `t` must not do anything else. */

/** A second key counts as part of the sequence for this long. */
const sequenceMs = 1000;

let wentAt = -Infinity;
globalThis.addEventListener?.(
  'keydown',
  (event) => {
    if (event.key === 'g') wentAt = event.timeStamp;
  },
  true,
);

/** Whether the next key is the second of such a sequence. */
export function afterGo(): boolean {
  return performance.now() - wentAt < sequenceMs;
}
