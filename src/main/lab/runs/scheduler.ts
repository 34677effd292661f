/**
 * Decides which run trains when. There are as many places as cores, because a worker without a core would
 * only slow the others. A paused run uses no core and takes no place. Runs that are to train one after
 * another form a chain: the next one starts when the previous one has ended in any way. While that is paused
 * they wait, because a user who pauses a run to free the machine does not want the next one to start.
 */
import type { Training } from './training.ts';

export interface Job {
  readonly run: number;
  /**
   * The chain that the run belongs to, the same object for all its runs; null for a run that waits only for a
   * free place.
   */
  readonly chain: object | null;
  /** Starts the run; does not throw. */
  start(): Training;
}

interface Active {
  readonly job: Job;
  readonly training: Training;
}

export class Scheduler {
  readonly #places: number;
  readonly #waiting: Job[] = [];
  readonly #active = new Map<number, Active>();
  readonly #onQueue: (waiting: readonly number[]) => void;
  #told = '';

  /** Creates a scheduler; `onQueue` is called when the queue or its order has changed. */
  constructor(places: number, onQueue: (waiting: readonly number[]) => void = () => undefined) {
    this.#places = places;
    this.#onQueue = onQueue;
  }

  add(jobs: readonly Job[]): void {
    this.#waiting.push(...jobs);
    this.pump();
  }

  /** Returns the run's training if it has a worker. */
  get(run: number): Training | undefined {
    return this.#active.get(run)?.training;
  }

  get active(): Training[] {
    return [...this.#active.values()].map(({ training }) => training);
  }

  /** Returns the queued runs in order. */
  get waiting(): number[] {
    return this.#waiting.map(({ run }) => run);
  }

  /** Removes a run from the queue; returns false if it is not queued. */
  remove(run: number): boolean {
    const removed = this.#take(run) !== undefined;
    this.#tell();
    return removed;
  }

  /** Moves a queued run before another one, or to the end; returns false if one of them is not queued. */
  move(run: number, before: number | null): boolean {
    const waits = (each: number) => this.#waiting.some((job) => job.run === each);
    if (!waits(run) || (before !== null && !waits(before))) return false;
    if (run === before) return true;
    const job = this.#take(run) as Job;
    const place = this.#waiting.findIndex((each) => each.run === before);
    this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, job);
    this.#tell();
    return true;
  }

  /** Starts a queued run even if no place is free; returns false if it is not queued. */
  startNow(run: number): boolean {
    const job = this.#take(run);
    if (!job) return false;
    // It leaves its chain: neither waits for the other any more.
    this.#start({ ...job, chain: null });
    this.#tell();
    return true;
  }

  /** Empties the queue and returns its runs. */
  clear(): number[] {
    const runs = this.#waiting.splice(0).map(({ run }) => run);
    this.#tell();
    return runs;
  }

  /** Returns the number of runs that could train concurrently: a chain counts as one. */
  get width(): number {
    const jobs = [...this.#working().map(({ job }) => job), ...this.#waiting];
    return new Set(jobs.map((job) => job.chain ?? job)).size;
  }

  /** Starts the runs that can start. It must be called when a place may have become free. */
  pump(): void {
    for (const job of [...this.#waiting]) {
      if (this.#working().length >= this.#places) break;
      const { chain } = job;
      if (chain && [...this.#active.values()].some((active) => active.job.chain === chain)) continue;
      this.#take(job.run);
      this.#start(job);
    }
    this.#tell();
  }

  #start(job: Job): void {
    const training = job.start();
    this.#active.set(job.run, { job, training });
    void training.ended.then(() => {
      this.#active.delete(job.run);
      this.pump();
    });
  }

  #take(run: number): Job | undefined {
    const position = this.#waiting.findIndex((job) => job.run === run);
    return position < 0 ? undefined : this.#waiting.splice(position, 1)[0];
  }

  #tell(): void {
    const { waiting } = this;
    const now = waiting.join();
    if (now === this.#told) return;
    this.#told = now;
    this.#onQueue(waiting);
  }

  #working(): Active[] {
    return [...this.#active.values()].filter(({ training }) => !training.paused);
  }
}
