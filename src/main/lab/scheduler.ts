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

  constructor(places: number) {
    this.#places = places;
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

  /** Takes a run out of those that wait; false where it is not among them. */
  remove(run: number): boolean {
    const position = this.#waiting.findIndex((job) => job.run === run);
    if (position >= 0) this.#waiting.splice(position, 1);
    return position >= 0;
  }

  /** Takes out all that wait; gives their runs. */
  clear(): number[] {
    return this.#waiting.splice(0).map(({ run }) => run);
  }

  /** How many runs want a core at the same time: a chain wants one. */
  get width(): number {
    const jobs = [...this.#working().map(({ job }) => job), ...this.#waiting];
    return new Set(jobs.map((job) => job.chain ?? job)).size;
  }

  /** Starts what can be started. To be called when a place may have become free. */
  pump(): void {
    for (const job of [...this.#waiting]) {
      if (this.#working().length >= this.#places) return;
      const { chain } = job;
      if (chain && [...this.#active.values()].some((active) => active.job.chain === chain)) continue;
      this.remove(job.run);
      const training = job.start();
      this.#active.set(job.run, { job, training });
      void training.ended.then(() => {
        this.#active.delete(job.run);
        this.pump();
      });
    }
  }

  #working(): Active[] {
    return [...this.#active.values()].filter(({ training }) => !training.paused);
  }
}
