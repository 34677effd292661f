/**
 * Which run trains when. There are as many places as cores: a worker with nothing to run on would only slow the
 * others. A paused run uses no core and takes no place. Runs that are to go one after another form a chain: the next one
 * starts when the one before it has ended, however it ended; while it is paused they wait, for who pauses a run to
 * have the machine for other work does not mean the next one to start.
 */
import type { Training } from './training.ts';

export interface Job {
  readonly run: number;
  /** The same for all runs of a chain; null for a run that waits for none but a free place. */
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

  /** `onQueue` is called when others wait than before, or in another order. */
  constructor(places: number, onQueue: (waiting: readonly number[]) => void = () => undefined) {
    this.#places = places;
    this.#onQueue = onQueue;
  }

  add(jobs: readonly Job[]): void {
    this.#waiting.push(...jobs);
    this.pump();
  }

  /** The run's training, where it has a worker. */
  get(run: number): Training | undefined {
    return this.#active.get(run)?.training;
  }

  get active(): Training[] {
    return [...this.#active.values()].map(({ training }) => training);
  }

  /** Those that wait, in their order. */
  get waiting(): number[] {
    return this.#waiting.map(({ run }) => run);
  }

  /** Takes a run out of those that wait; false where it is not among them. */
  remove(run: number): boolean {
    const removed = this.#take(run) !== undefined;
    this.#tell();
    return removed;
  }

  /** Puts a waiting run before another one, or last; false where one of them does not wait. */
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

  /** Starts a waiting run whether there is a place or not; false where it does not wait. */
  startNow(run: number): boolean {
    const job = this.#take(run);
    if (!job) return false;
    // Its chain does not wait for it any more, and it not for its chain.
    this.#start({ ...job, chain: null });
    this.#tell();
    return true;
  }

  /** Takes out all that wait; gives their runs. */
  clear(): number[] {
    const runs = this.#waiting.splice(0).map(({ run }) => run);
    this.#tell();
    return runs;
  }

  /** How many runs want a core at the same time: a chain wants one. */
  get width(): number {
    const jobs = [...this.#working().map(({ job }) => job), ...this.#waiting];
    return new Set(jobs.map((job) => job.chain ?? job)).size;
  }

  /** Starts what can be started. To be called when a place may have become free. */
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
