/** Dispatches the lab's events to listeners of one kind and to transports, which receive all of them. */
import type { EventMessage, EventName, EventPayload } from '../../../shared/api/api.ts';

export class Events {
  readonly #listeners = new Set<(event: EventMessage) => void>();

  emit<E extends EventName>(name: E, payload: EventPayload<E>): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener({ kind: 'event', name, payload });
      } catch (error) {
        // An error in a listener must not end the training that it listens to.
        console.error(`a listener of ${name} failed:`, error);
      }
    }
  }

  /** Returns the function that unsubscribes. */
  subscribe(listener: (event: EventMessage) => void): () => void {
    // A new function for each subscription, so that a listener that subscribes twice is called twice.
    const own = (event: EventMessage) => {
      listener(event);
    };
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  on<E extends EventName>(name: E, listener: (payload: EventPayload<E>) => void): () => void {
    return this.subscribe((event) => {
      if (event.name === name) listener(event.payload as EventPayload<E>);
    });
  }
}
