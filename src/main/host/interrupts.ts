/**
 * Ctrl-C and its kin. The first one asks for an orderly end, with checkpoints; one more means now. `npm run` passes a
 * Ctrl-C on to a program that the terminal has told already, so a second signal within half a second is the same key.
 */

/** SIGHUP: the terminal was closed, or the SSH connection that it was. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const sameKeyMilliseconds = 500;

export type Signals = Pick<NodeJS.EventEmitter, 'on' | 'off'>;

/** Gives the function that stops listening: from then on a signal ends the process at once, as by default. */
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
