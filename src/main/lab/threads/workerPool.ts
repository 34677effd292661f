/**
 * Threads that train one run after another: starting one loads TensorFlow, which takes about a second, as
 * long as an epoch. A thread that has sent its run's last message is free for the next run; one that stays
 * free for a while ends.
 */
import { type FromWorker, type TrainingOrder, lastKinds } from '../../engine/train/messages.ts';
import { RunThread, type RunWorker, type RunWorkerListener, transfersOf } from './runWorker.ts';

/** Longer than the time between two runs of a sweep; a free thread takes some 100 MB. */
const idleMilliseconds = 5000;

export class WorkerPool {
  readonly #path: string | URL;
  readonly #cores: number;
  readonly #threads = new Set<Thread>();
  /** Free threads with their timers. */
  readonly #free = new Map<Thread, NodeJS.Timeout>();
  #closed = false;

  constructor(path: string | URL, cores: number) {
    this.#path = path;
    this.#cores = cores;
  }

  /** Starts the run in a free thread or a new one. */
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

  /** Ends free threads now and the others after their current run. Resolves when all have ended. */
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
  /** Resolves when the thread has ended. */
  readonly gone: Promise<void>;

  readonly #gone = Promise.withResolvers<void>();
  readonly #onFree: () => void;
  readonly #onGone: () => void;
  #worker: RunThread | null = null;
  /** Listener of the current run; null while the thread is free. */
  #listener: RunWorkerListener | null = null;

  constructor(onFree: () => void, onGone: () => void) {
    this.gone = this.#gone.promise;
    this.#onFree = onFree;
    this.#onGone = onGone;
  }

  begin(path: string | URL, order: TrainingOrder, cores: number, listener: RunWorkerListener): RunWorker {
    this.#listener = listener;
    this.#worker = new RunThread(path, { ...order, stay: true }, cores, {
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

  /** Starts a run in a free thread. */
  take(order: TrainingOrder, listener: RunWorkerListener): RunWorker {
    this.#listener = listener;
    this.#worker?.ref();
    this.#worker?.send({ kind: 'order', order }, transfersOf(order));
    return this.#handle(listener);
  }

  leave(): void {
    // A process that is ending waits for the thread, which is in native code unless it is free.
    this.#worker?.ref();
    this.#worker?.send({ kind: 'leave' });
  }

  #pass(message: FromWorker): void {
    this.#listener?.message(message);
    if (!lastKinds.includes(message.kind)) return;
    const listener = this.#release();
    // A free thread must not keep the process alive.
    this.#worker?.unref();
    this.#onFree();
    listener?.exit(null);
  }

  #release(): RunWorkerListener | null {
    const listener = this.#listener;
    this.#listener = null;
    return listener;
  }

  /**
   * Returns a run's access to the thread, which ends when the thread is free again, because it may then serve
   * another run.
   */
  #handle(listener: RunWorkerListener): RunWorker {
    const mine = (work: (worker: RunThread) => void) => {
      if (this.#worker && this.#listener === listener) work(this.#worker);
    };
    return {
      send: (message) => {
        mine((worker) => {
          worker.send(message);
        });
      },
      terminate: () => {
        mine((worker) => {
          worker.terminate();
        });
      },
    };
  }
}
