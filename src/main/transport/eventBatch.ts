/**
 * Events on their way to one window, in batches. A run reports a dozen times per second, and a window that
 * updates its layout and paints for each report takes processor time from the training. The first event after
 * a quiet time is sent at once; those that follow it within the interval are sent together at its end. The
 * order never changes: before any other message is sent, the waiting events are.
 */
import type { EventMessage, ServerMessage } from '../../shared/api/api.ts';

/**
 * Milliseconds between two batches, unless the host has a reason for longer ones. At four steps per second, numbers
 * and curves visibly move; a higher rate costs more without being noticed.
 */
export const batchInterval = 250;

export class EventBatch {
  readonly #send: (message: ServerMessage) => void;
  readonly #interval: () => number;
  #waiting: EventMessage[] = [];
  /** Set while an interval is running. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `interval` gives the milliseconds until the next batch. */
  constructor(send: (message: ServerMessage) => void, interval = () => batchInterval) {
    this.#send = send;
    this.#interval = interval;
  }

  add(event: EventMessage): void {
    this.#waiting.push(event);
    if (this.#timer) return;
    this.flush();
    this.#wait();
  }

  /** Sends the waiting events now. */
  flush(): void {
    const events = this.#waiting;
    if (events.length === 0) return;
    this.#waiting = [];
    if (events.length === 1) this.#send(events[0]!);
    else this.#send({ kind: 'events', events: events.map(({ name, payload }) => ({ name, payload })) });
  }

  /** Drops the waiting events, because nobody listens any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#waiting.length === 0) return;
      this.flush();
      this.#wait();
    }, this.#interval());
  }
}
