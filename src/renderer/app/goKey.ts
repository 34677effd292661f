/** The key `g` begins a sequence of two keys: `g t` goes to the Train screen, so `t` must then do nothing else. */

/** Milliseconds for which a second key counts as part of the sequence. */
const sequenceMs = 1000;

let wentAt = -Infinity;
globalThis.addEventListener?.(
  'keydown',
  (event) => {
    if (event.key === 'g') wentAt = event.timeStamp;
  },
  true,
);

/** Returns whether the next key is the second one of such a sequence. */
export function afterGo(): boolean {
  return performance.now() - wentAt < sequenceMs;
}
