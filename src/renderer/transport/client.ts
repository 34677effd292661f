/**
 * The window's end of a channel: it keeps calls by number until their answers arrive, makes a Problem of what the lab
 * reports as one, and passes events to their listeners. Message transport and its failures are handled by the
 * neighbouring files, which call `opened`, `lost` and `ended`.
 *
 * A call that only reads is repeated when the connection is back. One that changes something is never repeated
 * silently: if it was sent when the connection broke, it is rejected (it may have taken effect); if not, it waits.
 * Missed events are not replayed: at status `connected` a window fetches its data again.
 */
import type {
  CallInput,
  CallMessage,
  CallName,
  CallReply,
  EventName,
  EventPayload,
  LabClient,
  ServerMessage,
} from '../../shared/api/api.ts';
import { Problem } from '../../shared/base/problem.ts';

/** `connecting` is the first attempt; `closed` is final. */
export type Status = 'connecting' | 'connected' | 'reconnecting' | 'closed';

export interface Connection extends LabClient {
  readonly status: Status;
  /**
   * Calls the listener with the current status at once, then at every change. Returns the function that unsubscribes.
   */
  onStatus(listener: (status: Status) => void): () => void;
  close(): void;
}

interface PendingCall {
  readonly message: CallMessage;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
  sent: boolean;
}

/** Matches calls that change nothing, by their last word or, for a whole subject, by their first. */
const onlyReads =
  /\.(list|get|info|query|rows|groups|values|batchLosses|events|files|estimate|preview|export|exportRun)$|^(inspect|compare|images|testSet)\./;

export class Client implements Connection {
  status: Status = 'connecting';
  readonly #pending = new Map<number, PendingCall>();
  readonly #listeners = new Map<string, Set<(payload: never) => void>>();
  readonly #statusListeners = new Set<(status: Status) => void>();
  readonly #onClose: () => void;
  #send: ((message: CallMessage) => void) | undefined;
  #ending: Problem | undefined;
  // A reloaded page must not receive the answers to the calls of the page before it, so it counts from a random number.
  #next = 1 + Math.floor(Math.random() * 2 ** 40);

  constructor(onClose: () => void) {
    this.#onClose = onClose;
  }

  call<C extends CallName>(name: C, request: CallInput<C>): Promise<CallReply<C>> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#ending) throw this.#ending;
      const id = this.#next++;
      const call = {
        message: { kind: 'call', id, name, request: plain(request) } as const,
        resolve,
        reject,
        sent: false,
      };
      this.#pending.set(id, call);
      this.#flush();
    }) as Promise<CallReply<C>>;
  }

  on<E extends EventName>(name: E, listener: (payload: EventPayload<E>) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  onStatus(listener: (status: Status) => void): () => void {
    this.#statusListeners.add(listener);
    listener(this.status);
    return () => this.#statusListeners.delete(listener);
  }

  close(): void {
    this.#onClose();
    this.ended(new Problem('transport.closed', 'this window has ended its connection to Stride'));
  }

  // The methods below are called by the transports.

  receive(message: ServerMessage): void {
    if (message.kind === 'event') {
      this.#tell(message);
      return;
    }
    if (message.kind === 'events') {
      for (const event of message.events) this.#tell(event);
      return;
    }
    const call = this.#pending.get(message.id);
    if (!call) return;
    this.#pending.delete(message.id);
    if (message.kind === 'reply') call.resolve(message.reply);
    else call.reject(Problem.fromRecord(message.problem));
  }

  opened(send: (message: CallMessage) => void): void {
    this.#send = send;
    this.#flush();
    this.#become('connected');
  }

  /** The connection was lost; the transport will retry. */
  lost(): void {
    this.#send = undefined;
    for (const [id, call] of this.#pending) {
      if (!call.sent) continue;
      const { name } = call.message;
      if (onlyReads.test(name)) {
        call.sent = false;
        continue;
      }
      this.#pending.delete(id);
      const text = `the connection to Stride broke before "${name}" was answered; look whether it took effect`;
      call.reject(new Problem('transport.lost', text, { call: name }));
    }
    this.#become(this.status === 'connecting' ? 'connecting' : 'reconnecting');
  }

  /** The connection is closed for good; only the first reason counts. */
  ended(problem: Problem): void {
    if (this.#ending) return;
    this.#ending = problem;
    this.#send = undefined;
    for (const call of this.#pending.values()) call.reject(problem);
    this.#pending.clear();
    this.#become('closed');
  }

  #tell({ name, payload }: { readonly name: string; readonly payload: unknown }): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        listener(payload as never);
      } catch (error) {
        // A listener's error is reported, and does not keep other events of the same batch from being delivered.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  #flush(): void {
    if (!this.#send) return;
    for (const [id, call] of this.#pending) {
      if (call.sent) continue;
      call.sent = true;
      try {
        this.#send(call.message);
      } catch (error) {
        this.#pending.delete(id);
        call.reject(error);
      }
    }
  }

  #become(status: Status): void {
    if (status === this.status) return;
    this.status = status;
    for (const listener of this.#statusListeners) listener(status);
  }
}

/**
 * Returns the request without functions and proxies, which a window's state is made of and structured clone refuses.
 */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}
