/** An inspection thread that starts with the first request and ends after a while without any. */
import { Problem } from '../../../shared/base/problem.ts';
import { settled, within } from '../base/waiting.ts';
import { type Answer, type Following, InspectionThread, type Request, inThread } from './inspectionThread.ts';

export interface IdleThreadOptions {
  readonly workerPath: string | URL;
  readonly cores: number;
  /** Milliseconds that a thread may take to end (`patience`), and after which an unused one ends (`idle`). */
  readonly patience: number;
  readonly idle: number;
}

export class IdleThread {
  readonly #options: IdleThreadOptions;
  readonly #underWay = new Set<Promise<Answer>>();
  #thread: InspectionThread | null = null;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: IdleThreadOptions) {
    this.#options = options;
  }

  /** Whether a thread has been started and not ended. */
  get started(): boolean {
    return this.#thread !== null && !this.#thread.ended;
  }

  /** Rejects with a `Problem` of the engine, if the thread has ended, or after `close`. */
  async ask(request: Request, following?: Following): Promise<Answer> {
    if (this.#closed) throw new Problem('lab.closed', 'Stride is closing; start it again');
    clearTimeout(this.#timer);
    if (this.#thread?.ended) this.#forget();
    this.#thread ??= new InspectionThread(inThread(this.#options.workerPath), this.#options.cores);
    const answer = this.#thread.ask(request, following);
    this.#underWay.add(answer);
    try {
      return await answer;
    } finally {
      this.#underWay.delete(answer);
      this.#restartTimer();
    }
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
