/**
 * Threads that train one run after another: starting one loads TensorFlow, which takes about a second, as long as an
 * epoch. A thread that has said the last word of its run is free for the next; one that nobody needs for a while ends.
 */
import type { Worker } from 'node:worker_threads';
import {
  type FromWorker,
  type ToWorker,
  type TrainingOrder,
  lastKinds,
} from '../../engine/train/messages.ts';
import { type RunWorker, type RunWorkerListener, startThread, transfersOf } from './runWorker.ts';

/** Longer than what lies between two runs of a sweep; a free thread keeps some 100 MB. */
const idleMilliseconds = 5000;

export class WorkerPool {
  readonly #path: string | URL;
  readonly #cores: number;
  readonly #threads = new Set<Thread>();
  /** Those that are free, and what ends them. */
  readonly #free = new Map<Thread, NodeJS.Timeout>();
  #closed = false;

  constructor(path: string | URL, cores: number) {
    this.#path = path;
    this.#cores = cores;
  }

  /** Gives the run a free thread, or a new one. */
  start(order: TrainingOrder, listener: RunWorkerListener): RunWorker {
    for (const [thread, timer] of this.#free) {
      clearTimeout(timer);
      this.#free.delete(thread);
      return thread.take(order, listener);
    }
    const thread: Thread = new Thread(
      () => {
        this.#becomeFree(thread);
      },
      () => {
        clearTimeout(this.#free.get(thread));
        this.#free.delete(thread);
        this.#threads.delete(thread);
      },
    );
    this.#threads.add(thread);
    return thread.begin(this.#path, order, this.#cores, listener);
  }

  /** Free threads end now, the others after the run that they are at. Fulfilled when all are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const thread of this.#free.keys()) thread.leave();
    await Promise.all([...this.#threads].map(({ gone }) => gone));
  }

  #becomeFree(thread: Thread): void {
    if (this.#closed) {
      thread.leave();
      return;
    }
    const timer = setTimeout(() => {
      this.#free.delete(thread);
      thread.leave();
    }, idleMilliseconds).unref();
    this.#free.set(thread, timer);
  }
}

class Thread {
  /** Fulfilled when the thread has ended. */
  readonly gone: Promise<void>;

  readonly #gone = Promise.withResolvers<void>();
  readonly #onFree: () => void;
  readonly #onGone: () => void;
  #worker: Worker | null = null;
  /** Whose run it is at; null while it is free. */
  #listener: RunWorkerListener | null = null;

  constructor(onFree: () => void, onGone: () => void) {
    this.gone = this.#gone.promise;
    this.#onFree = onFree;
    this.#onGone = onGone;
  }

  begin(path: string | URL, order: TrainingOrder, cores: number, listener: RunWorkerListener): RunWorker {
    this.#listener = listener;
    this.#worker = startThread(path, { ...order, stay: true }, cores, {
      message: (message) => {
        this.#pass(message);
      },
      exit: (problem) => {
        this.#onGone();
        this.#release()?.exit(problem);
        this.#gone.resolve();
      },
    });
    return this.#handle(listener);
  }

  /** For a free thread. */
  take(order: TrainingOrder, listener: RunWorkerListener): RunWorker {
    this.#listener = listener;
    this.#worker?.ref();
    this.#worker?.postMessage({ kind: 'order', order } satisfies ToWorker, transfersOf(order));
    return this.#handle(listener);
  }

  leave(): void {
    // Who ends the process waits for the thread, which is in native code when it is not free.
    this.#worker?.ref();
    this.#worker?.postMessage({ kind: 'leave' } satisfies ToWorker);
  }

  #pass(message: FromWorker): void {
    this.#listener?.message(message);
    if (!lastKinds.includes(message.kind)) return;
    const listener = this.#release();
    // A free thread is no reason for the process to stay.
    this.#worker?.unref();
    this.#onFree();
    listener?.exit(null);
  }

  #release(): RunWorkerListener | null {
    const listener = this.#listener;
    this.#listener = null;
    return listener;
  }

  /** What a run holds of the thread, until the thread is free again: then it may be another run's. */
  #handle(listener: RunWorkerListener): RunWorker {
    const mine = (work: (worker: Worker) => void) => {
      if (this.#worker && this.#listener === listener) work(this.#worker);
    };
    return {
      send: (message) => {
        mine((worker) => {
          worker.postMessage(message);
        });
      },
      terminate: () => {
        mine((worker) => {
          void worker.terminate();
        });
      },
    };
  }
}
