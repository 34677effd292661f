/** Two ends of a channel in one process, for tests: what one end sends the other hears, at once. */
import type { Channel } from '../../src/shared/api/api.ts';

export interface Pipe<Out, In> {
  /** The test's end. */
  readonly near: Channel<Out, In>;
  /** The end of what is tested. */
  readonly far: Channel<In, Out>;
  /** All that came to the test's end. */
  readonly received: In[];
}

export function pipe<Out, In>(): Pipe<Out, In> {
  const closings = new Set<() => void>();
  const close = () => {
    for (const closing of closings) closing();
    closings.clear();
  };
  const end = <Sent, Heard>(
    to: Set<(message: Sent) => void>,
    from: Set<(message: Heard) => void>,
  ): Channel<Sent, Heard> => ({
    send: (message) => {
      for (const listener of to) listener(message);
    },
    onMessage: (listener) => {
      from.add(listener);
      return () => from.delete(listener);
    },
    onClose: (listener) => {
      closings.add(listener);
      return () => closings.delete(listener);
    },
    close,
  });
  const toFar = new Set<(message: Out) => void>();
  const toNear = new Set<(message: In) => void>();
  const received: In[] = [];
  toNear.add((message) => received.push(message));
  return { near: end(toFar, toNear), far: end(toNear, toFar), received };
}
