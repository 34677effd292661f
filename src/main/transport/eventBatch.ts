/**
 * Events on their way to one window, in batches. A net that trains reports a dozen times a second, and a window that lays
 * itself out and paints for each report takes the processor from the training. The first event after a quiet time is sent
 * at once; those that follow it within the interval are sent together at its end. The order never changes: whatever else is
 * sent takes the waiting events along before it.
 */
import type { EventMessage, ServerMessage } from '../../shared/api/api.ts';

/** Milliseconds. Numbers and curves are seen to move at four steps a second; more often is paid for and not seen. */
export const batchInterval = 250;

export class EventBatch {
  readonly #send: (message: ServerMessage) => void;
  #waiting: EventMessage[] = [];
  /** Set while an interval is running. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (message: ServerMessage) => void) {
    this.#send = send;
  }

  add(event: EventMessage): void {
    this.#waiting.push(event);
    if (this.#timer) return;
    this.flush();
    this.#wait();
  }

  /** Sends what waits, now. */
  flush(): void {
    const events = this.#waiting;
    if (events.length === 0) return;
    this.#waiting = [];
    if (events.length === 1) this.#send(events[0]!);
    else this.#send({ kind: 'events', events: events.map(({ name, payload }) => ({ name, payload })) });
  }

  /** Drops what waits: nobody listens any more. */
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
    }, batchInterval);
  }
}
