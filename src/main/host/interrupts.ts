/**
 * Ctrl-C and similar signals. The first one asks for an orderly end, with checkpoints; a second one ends the
 * process at once. `npm run` forwards Ctrl-C to a program that has already received it from the terminal, so
 * a second signal within half a second counts as the same one.
 */

/** SIGHUP means that the terminal or its SSH connection was closed. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const sameKeyMilliseconds = 500;

export type Signals = Pick<NodeJS.EventEmitter, 'on' | 'off'>;

/**
 * Returns the function that stops listening: from then on a signal ends the process at once, as by default.
 */
export function onInterrupt(
  process: Signals,
  stop: () => void,
  kill: () => void,
  now: () => number = Date.now,
): () => void {
  let first: number | undefined;
  const receive = () => {
    if (first === undefined) {
      first = now();
      stop();
    } else if (now() - first > sameKeyMilliseconds) {
      kill();
    }
  };
  for (const signal of signals) process.on(signal, receive);
  return () => {
    for (const signal of signals) process.off(signal, receive);
  };
}
