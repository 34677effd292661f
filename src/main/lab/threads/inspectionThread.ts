/** An inspection thread or process as a function from a message to its answer. */
import { fork } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { Problem } from '../../../shared/base/problem.ts';
import { setNativeEnvironment } from '../../engine/native/environment.ts';
import type { FromInspector, InspectionStart, ToInspector } from '../../engine/inspect/messages.ts';

type Asked = Extract<ToInspector, { id: number }>;
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
/** A message to it; its `id` is added here. */
export type Request = WithoutId<Asked>;
export type Answer = Extract<FromInspector, { kind: 'done' }>['answer'];

/** How work on the test set is followed and cancelled. */
export interface Following {
  readonly progress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(problem: Problem): void;
  readonly progress: Following['progress'] | undefined;
}

/** The channel to the thread or process. */
export interface InspectionChannel {
  post(message: ToInspector): void;
  /** Makes it keep this process alive; `unref` undoes that. */
  ref(): void;
  unref(): void;
  /** Ends it at once. */
  terminate(): void;
}

export interface LineListener {
  message(message: FromInspector): void;
  /** Reports that it has ended; pending questions are rejected with the problem. */
  exit(problem: Problem): void;
}

export type StartLine = (listener: LineListener) => InspectionChannel;

/** Starts a thread of this process. */
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

/** Reports that the process of an estimate has ended before it had answered. */
export function estimateDied(reason: string): Problem {
  return new Problem(
    'estimate.died',
    `the process that tried this net here ended without a word (${reason}): the net is most probably too large for this ` +
      'machine; use smaller batches, fewer filters or smaller maps',
    { reason },
  );
}

/**
 * Starts a separate process of Node, so that a crash of the native library affects no run. Electron's packages are
 * not allowed to run as Node, so the desktop host has its own way (`desktop/estimateProcess.ts`).
 */
export function inProcess(path: string | URL): StartLine {
  return (listener) => {
    // Messages contain typed arrays, which the default serialization does not support.
    const child = fork(path, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    let ended = false;
    const end = (reason: string) => {
      if (ended) return;
      ended = true;
      listener.exit(estimateDied(reason));
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
      // A process that has just died refuses the message; its exit is reported separately.
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
  /** Resolves when it has ended in any way. */
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
    // A thread without questions must not keep the process alive.
    this.#line.unref();
  }

  get ended(): boolean {
    return this.#ended !== null;
  }

  /** Rejects with a `Problem` of the engine, or if the thread has ended. Only work on the test set can be followed. */
  ask(request: Request, following?: Following): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    if (this.#ended) {
      reject(this.#ended);
      return promise;
    }
    const id = this.#next++;
    this.#waiting.set(id, { resolve, reject, progress: following?.progress });
    this.#line.ref();
    this.#line.post({ ...request, id } satisfies ToInspector);
    const cancel = () => {
      if (this.#waiting.has(id)) this.#line.post({ kind: 'cancel', of: id } satisfies ToInspector);
    };
    if (following?.signal.aborted) cancel();
    else following?.signal.addEventListener('abort', cancel, { once: true });
    return promise;
  }

  /** Cancels running and pending measurements of paces, which reject with a `Problem`. */
  giveUp(): void {
    if (this.#waiting.size > 0) this.#line.post({ kind: 'giveUp' } satisfies ToInspector);
  }

  /** Makes it end after it has answered all questions. */
  leave(): void {
    // A process that is ending waits for the thread.
    this.#line.ref();
    this.#line.post({ kind: 'leave' } satisfies ToInspector);
  }

  terminate(): void {
    this.#line.terminate();
  }

  #take(message: FromInspector): void {
    const waiting = this.#waiting.get(message.id);
    if (message.kind === 'progress') {
      waiting?.progress?.(message.done, message.total);
      return;
    }
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
