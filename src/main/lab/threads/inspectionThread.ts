/** The thread that looks into nets, as a function: a message to it, and its answer. */
import { Worker } from 'node:worker_threads';
import { Problem } from '../../../shared/base/problem.ts';
import { setNativeEnvironment } from '../../engine/native/environment.ts';
import type { FromInspector, InspectionStart, ToInspector } from '../../engine/inspect/messages.ts';

type Asked = Extract<ToInspector, { id: number }>;
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
/** What can be said to it; the answer's number is this file's concern. */
export type Request = WithoutId<Asked>;
export type Answer = Extract<FromInspector, { kind: 'done' }>['answer'];

interface Waiting {
  resolve(answer: Answer): void;
  reject(problem: Problem): void;
}

export class InspectionThread {
  /** Fulfilled when the thread has ended, however it did. */
  readonly gone: Promise<void>;

  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #ended: Problem | null = null;

  constructor(path: string | URL, cores: number) {
    setNativeEnvironment(cores);
    this.#worker = new Worker(path, { workerData: { inspect: true } satisfies InspectionStart });
    let crash: unknown;
    this.#worker.on('error', (error) => {
      crash = error;
    });
    this.#worker.on('message', (message: FromInspector) => {
      this.#take(message);
    });
    this.gone = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        const reason = crash instanceof Error ? crash.message : `exit code ${code}`;
        this.#end(
          new Problem(
            'inspect.ended',
            `the thread that looks into nets ended before it had answered (${reason}); ask again`,
            { reason },
          ),
        );
        resolve();
      });
    });
    // Nobody's question is no reason for the process to stay.
    this.#worker.unref();
  }

  get ended(): boolean {
    return this.#ended !== null;
  }

  /** Rejected with a `Problem`: the engine's, or that the thread has ended. */
  ask(request: Request): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    if (this.#ended) {
      reject(this.#ended);
      return promise;
    }
    const id = this.#next++;
    this.#waiting.set(id, { resolve, reject });
    this.#worker.ref();
    this.#worker.postMessage({ ...request, id } satisfies ToInspector);
    return promise;
  }

  /** Paces that are being measured, or wait for it, are rejected with a `Problem`. */
  giveUp(): void {
    if (this.#waiting.size > 0) this.#worker.postMessage({ kind: 'giveUp' } satisfies ToInspector);
  }

  /** It ends when it has answered. */
  leave(): void {
    // Who ends the process waits for the thread.
    this.#worker.ref();
    this.#worker.postMessage({ kind: 'leave' } satisfies ToInspector);
  }

  terminate(): void {
    void this.#worker.terminate();
  }

  #take(message: FromInspector): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (message.kind === 'done') waiting?.resolve(message.answer);
    else waiting?.reject(Problem.fromRecord(message.problem));
  }

  #end(problem: Problem): void {
    this.#ended = problem;
    for (const waiting of this.#waiting.values()) waiting.reject(problem);
    this.#waiting.clear();
  }
}
