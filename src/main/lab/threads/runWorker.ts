/**
 * A thread that trains one run: it is started with its order, exchanges the messages of
 * `engine/train/messages.ts`, and ends.
 */
import { Worker } from 'node:worker_threads';
import { Problem } from '../../../shared/base/problem.ts';
import type { FromWorker, ToWorker, TrainingOrder, WorkerStart } from '../../engine/train/messages.ts';
import { countSent, newMailbox } from '../../engine/train/mailbox.ts';
import { setNativeEnvironment } from '../../engine/native/environment.ts';

export interface RunWorker {
  send(message: ToWorker): void;
  /** Ends the thread at once. */
  terminate(): void;
}

export interface RunWorkerListener {
  message(message: FromWorker): void;
  /**
   * Reports that no message follows, because the thread has ended or trains another run. `problem` is the
   * reason if it ended abnormally.
   */
  exit(problem: Problem | null): void;
}

/**
 * The most that a training thread's young JavaScript objects may take, in MiB. V8 allows 48, which a run fills before any
 * are collected; with 12 it takes 30 MB less.
 */
const maxYoungGenerationSizeMb = 12;

/** Starts a worker for a run. */
export type StartWorker = (order: TrainingOrder, listener: RunWorkerListener) => RunWorker;

/** Returns the buffers of an order that can be transferred instead of being copied. */
export function transfersOf({ from }: TrainingOrder): ArrayBuffer[] {
  return from?.tensors.map(({ data }) => data.buffer as ArrayBuffer) ?? [];
}

/** A training thread, which learns of a message even while it is in a call of the engine. */
export class RunThread {
  readonly #worker: Worker;
  readonly #mailbox = newMailbox();

  constructor(path: string | URL, start: WorkerStart, cores: number, listener: RunWorkerListener) {
    setNativeEnvironment(cores);
    this.#worker = new Worker(path, {
      workerData: { ...start, mailbox: this.#mailbox } satisfies WorkerStart,
      transferList: transfersOf(start),
      resourceLimits: { maxYoungGenerationSizeMb },
    });
    listen(this.#worker, listener);
  }

  send(message: ToWorker, transfers: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfers);
    countSent(this.#mailbox);
  }

  /** Ends the thread at once. */
  terminate(): void {
    void this.#worker.terminate();
  }

  /** Keeps the process alive while the thread runs, as from the start. */
  ref(): void {
    this.#worker.ref();
  }

  unref(): void {
    this.#worker.unref();
  }
}

function listen(worker: Worker, listener: RunWorkerListener): void {
  let crash: unknown;
  worker.on('message', (message: FromWorker) => {
    listener.message(message);
  });
  const crashed = (error: unknown) => {
    crash ??= error;
  };
  worker.on('messageerror', (error) => {
    // The message is lost, and later ones would not fit the stored state.
    crashed(error);
    void worker.terminate();
  });
  worker.on('error', crashed);
  worker.on('exit', (code) => {
    listener.exit(crash === undefined && code === 0 ? null : exitProblem(crash, code));
  });
}

/** Starts a thread for one run. */
export function startRunWorker(
  path: string | URL,
  order: TrainingOrder,
  cores: number,
  listener: RunWorkerListener,
): RunWorker {
  return new RunThread(path, order, cores, listener);
}

function exitProblem(crash: unknown, code: number): Problem {
  if (crash === undefined) {
    return new Problem('worker.ended', `the training thread ended by itself (exit code ${code})`, {
      exitCode: code,
    });
  }
  const reason = crash instanceof Error ? crash.message : JSON.stringify(crash);
  return new Problem('worker.crashed', `the training thread crashed: ${reason}`, { reason });
}
