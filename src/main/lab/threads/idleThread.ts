/** An inspection thread that starts with the first request and ends after a while without any. */
import { Problem } from '../../../shared/base/problem.ts';
import { settled, within } from '../base/waiting.ts';
import {
  type Answer,
  type Following,
  InspectionThread,
  type Request,
  type StartLine,
  inThread,
} from './inspectionThread.ts';

export interface IdleThreadOptions {
  readonly workerPath: string | URL;
  readonly cores: number;
  /** Milliseconds that a thread may take to end (`patience`), and after which an unused one ends (`idle`). */
  readonly patience: number;
  readonly idle: number;
}

export class IdleThread {
  readonly #options: IdleThreadOptions;
  readonly #start: StartLine;
  readonly #underWay = new Set<Promise<unknown>>();
  #thread: InspectionThread | null = null;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** `start` starts it; without it, it is a thread of this process. */
  constructor(options: IdleThreadOptions, start: StartLine = inThread(options.workerPath)) {
    this.#options = options;
    this.#start = start;
  }

  /** Whether a thread has been started and not ended. */
  get started(): boolean {
    return this.#thread !== null && !this.#thread.ended;
  }

  /** Rejects with a `Problem` of the engine, if the thread has ended, or after `close`. */
  async ask(request: Request, following?: Following): Promise<Answer> {
    return this.keep(async () => this.current().ask(request, following));
  }

  /** Lets the thread not end before the work has. Rejects as the work does, or with a `Problem` after `close`. */
  async keep<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new Problem('lab.closed', 'Stride is closing; start it again');
    clearTimeout(this.#timer);
    const result = work();
    this.#underWay.add(result);
    try {
      return await result;
    } finally {
      this.#underWay.delete(result);
      this.#restartTimer();
    }
  }

  /** Returns the thread, and starts it if there is none. Only for use within `keep`. */
  current(): InspectionThread {
    if (this.#thread?.ended) this.#forget();
    this.#thread ??= new InspectionThread(this.#start, this.#options.cores);
    return this.#thread;
  }

  /** Cancels measurements of paces, which reject with a `Problem`. */
  giveUp(): void {
    this.#thread?.giveUp();
  }

  /** Ends the thread. Pending requests are answered first, for a limited time. */
  async close(): Promise<void> {
    this.#closed = true;
    const { patience } = this.#options;
    await within(Promise.all([...this.#underWay].map(settled)), patience);
    const thread = this.#forget();
    if (!thread) return;
    thread.leave();
    await within(thread.gone, patience);
    thread.terminate();
  }

  #restartTimer(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      if (this.#underWay.size === 0) this.#forget()?.leave();
    }, this.#options.idle).unref();
  }

  #forget(): InspectionThread | null {
    clearTimeout(this.#timer);
    const thread = this.#thread;
    this.#thread = null;
    return thread;
  }
}
