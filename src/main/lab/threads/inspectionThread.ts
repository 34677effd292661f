/** Who looks into nets, a thread or a process of its own, as a function: a message to it, and its answer. */
import { fork } from 'node:child_process';
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

/** The way to whoever answers. */
export interface InspectionChannel {
  post(message: ToInspector): void;
  /** Whether it keeps this process alive. */
  ref(): void;
  unref(): void;
  /** Ends it wherever it is. */
  terminate(): void;
}

export interface LineListener {
  message(message: FromInspector): void;
  /** It has ended; the problem is what those are told who still wait. */
  exit(problem: Problem): void;
}

export type StartLine = (listener: LineListener) => InspectionChannel;

/** A thread of this process. */
export function inThread(path: string | URL): StartLine {
  return (listener) => {
    const worker = new Worker(path, { workerData: { inspect: true } satisfies InspectionStart });
    let crash: unknown;
    worker.on('error', (error) => {
      crash = error;
    });
    worker.on('message', (message: FromInspector) => {
      listener.message(message);
    });
    worker.on('exit', (code) => {
      const reason = crash instanceof Error ? crash.message : `exit code ${code}`;
      listener.exit(
        new Problem(
          'inspect.ended',
          `the thread that looks into nets ended before it had answered (${reason}); ask again`,
          { reason },
        ),
      );
    });
    return {
      post: (message) => worker.postMessage(message),
      ref: () => worker.ref(),
      unref: () => worker.unref(),
      terminate: () => void worker.terminate(),
    };
  };
}

/** A process of its own, which the native library may take along without harm to any other run. */
export function inProcess(path: string | URL): StartLine {
  return (listener) => {
    // Messages carry typed arrays, which the plain serialization does not know.
    const child = fork(path, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    let ended = false;
    const end = (reason: string) => {
      if (ended) return;
      ended = true;
      listener.exit(
        new Problem(
          'estimate.died',
          `the process that tried this net here ended without a word (${reason}): the net is most probably too large for this ` +
            'machine; use smaller batches, fewer filters or smaller maps',
          { reason },
        ),
      );
    };
    child.on('message', (message) => {
      listener.message(message as unknown as FromInspector);
    });
    child.on('error', (error) => {
      end(error.message);
    });
    child.on('exit', (code, signal) => {
      end(signal ?? `exit code ${code}`);
    });
    return {
      // A process that has just died refuses the message; its end is told all the same.
      post: (message) => void child.send(message, () => undefined),
      ref: () => {
        child.ref();
        child.channel?.ref();
      },
      unref: () => {
        child.unref();
        child.channel?.unref();
      },
      terminate: () => void child.kill('SIGKILL'),
    };
  };
}

export class InspectionThread {
  /** Fulfilled when it has ended, however it did. */
  readonly gone: Promise<void>;

  #line!: InspectionChannel;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #ended: Problem | null = null;

  constructor(start: StartLine, cores: number) {
    setNativeEnvironment(cores);
    this.gone = new Promise((resolve) => {
      this.#line = start({
        message: (message) => {
          this.#take(message);
        },
        exit: (problem) => {
          this.#end(problem);
          resolve();
        },
      });
    });
    // Nobody's question is no reason for the process to stay.
    this.#line.unref();
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
    this.#line.ref();
    this.#line.post({ ...request, id } satisfies ToInspector);
    return promise;
  }

  /** Paces that are being measured, or wait for it, are rejected with a `Problem`. */
  giveUp(): void {
    if (this.#waiting.size > 0) this.#line.post({ kind: 'giveUp' } satisfies ToInspector);
  }

  /** It ends when it has answered. */
  leave(): void {
    // Who ends the process waits for the thread.
    this.#line.ref();
    this.#line.post({ kind: 'leave' } satisfies ToInspector);
  }

  terminate(): void {
    this.#line.terminate();
  }

  #take(message: FromInspector): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (this.#waiting.size === 0) this.#line.unref();
    if (message.kind === 'done') waiting?.resolve(message.answer);
    else waiting?.reject(Problem.fromRecord(message.problem));
  }

  #end(problem: Problem): void {
    this.#ended = problem;
    for (const waiting of this.#waiting.values()) waiting.reject(problem);
    this.#waiting.clear();
  }
}
