/**
 * One active sweep: it has as many runs queued or training as it has workers, and queues the next one when
 * one of them has ended, behind runs that others have queued meanwhile, so that single runs get their turn. A
 * run that fails does not stop the sweep unless the next one would fail for the same reason.
 */
import type { EventPayload } from '../../../shared/api/api.ts';
import { Problem, type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import type { RunStatus } from '../../../shared/runs/runs.ts';
import type { SweepStatus } from '../../../shared/sweeps/sweeps.ts';
import type { Events } from '../base/events.ts';
import type { CheckedRun } from '../runs/newRun.ts';
import type { RunBook } from '../runs/runBook.ts';
import type { StartWorker } from '../threads/runWorker.ts';
import type { LabRuns } from '../runs/runs.ts';
import { isUnderWay } from '../base/status.ts';
import type { SweepBook } from './sweepBook.ts';

export interface SweepRunnerOptions {
  readonly id: number;
  /** All runs of the sweep by position. */
  readonly plan: readonly CheckedRun[];
  /** Positions that remain to be done, in order, and the runs of those that have begun. */
  readonly left: readonly number[];
  readonly begun: ReadonlyMap<number, number>;
  readonly workers: number;
  readonly shards: number;
  readonly book: SweepBook;
  readonly runBook: RunBook;
  readonly runs: LabRuns;
  readonly events: Events;
  readonly startWorker: StartWorker;
  /** Called once, when the sweep is finished, cancelled or interrupted. */
  readonly onEnd: () => void;
}

export class SweepRunner {
  readonly #options: SweepRunnerOptions;
  readonly #left: number[];
  readonly #begun: Map<number, number>;
  /** Queued and training runs with their positions and last reported statuses. */
  readonly #current = new Map<number, { readonly position: number; readonly status: RunStatus | null }>();
  /** Operations in sequence: filling the queue, pausing, resuming, cancelling. */
  #work: Promise<unknown> = Promise.resolve();
  /** Whether no further run may begin. */
  #held = false;
  #ended = false;
  readonly #silence: () => void;

  constructor(options: SweepRunnerOptions) {
    this.#options = options;
    this.#left = [...options.left];
    this.#begun = new Map(options.begun);
    this.#silence = options.events.on('run.changed', (run) => {
      this.#look(run);
    });
  }

  get paused(): boolean {
    return this.#held;
  }

  /** Resolves when the first runs are queued. */
  start(): Promise<void> {
    return this.#fill();
  }

  /** Resolves when all checkpoints are on the disk. A queued run is removed from the queue. */
  pause(): Promise<void> {
    this.#held = true;
    return this.#next(async () => {
      if (this.#ended) return;
      await Promise.all([...this.#current].map(([run, { position }]) => this.#pauseRun(run, position)));
      this.#left.sort((a, b) => a - b);
      if (this.#isOpen()) this.#options.book.setStatus(this.#options.id, 'paused');
    });
  }

  resume(): Promise<void> {
    return this.#next(async () => {
      if (!this.#isOpen()) return;
      this.#held = false;
      this.#options.book.setStatus(this.#options.id, 'running');
      await Promise.all([...this.#current].map(([run, { position }]) => this.#resumeRun(run, position)));
      void this.#fill();
    });
  }

  /** Stops the sweep's runs, each with a checkpoint. */
  cancel(): Promise<void> {
    this.#held = true;
    return this.#next(async () => {
      if (this.#ended) return;
      const { runs } = this.#options;
      await Promise.all([...this.#current.keys()].map((run) => runs.stop(run).catch(() => undefined)));
      this.#end('cancelled');
    });
  }

  /** Begins no further runs; `LabRuns` ends the active ones. */
  close(): void {
    this.#held = true;
    if (this.#ended) return;
    const { book, id } = this.#options;
    // A paused sweep stays paused, because it has no training run that would be interrupted.
    if (book.summary(id).status === 'running') this.#end('interrupted');
    else this.#end(null);
  }

  #isOpen(): boolean {
    return !this.#ended;
  }

  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  /** Queues further runs. Never rejects. */
  #fill(): Promise<void> {
    return this.#next(async () => {
      const { workers } = this.#options;
      while (!this.#held && this.#current.size < workers) {
        const position = this.#left.shift();
        if (position === undefined) break;
        await this.#begin(position);
      }
      if (!this.#held && this.#left.length === 0 && this.#current.size === 0) this.#end('finished');
    }).catch((error: unknown) => {
      // Closing sets the sweep's end itself; any other error is the reason why the sweep stops.
      if (!(error instanceof Problem)) console.error(`sweep ${this.#options.id}:`, error);
      this.#interrupt(toProblemRecord(error));
    });
  }

  async #begin(position: number): Promise<void> {
    const { id, plan, shards, book, runs, startWorker } = this.#options;
    const known = this.#begun.get(position);
    // A user who resumes the sweep wants all of its results, so a run that was deleted is started again.
    const kept = known !== undefined && book.history.runs.summary(known)?.deletedAt === null;
    if (kept) {
      await this.#resumeRun(known, position);
      return;
    }
    const checked = plan[position];
    if (!checked) throw new Error(`sweep ${id} has no run at position ${position}`);
    const join = (run: number) => {
      book.history.sweeps.join(id, position, run);
    };
    const run = runs.enlist(checked, { shards, join, startWorker });
    this.#begun.set(position, run);
    this.#watch(run, position);
  }

  /** Resumes a run from its checkpoint. If that fails, the run has failed, as if its training had. */
  async #resumeRun(run: number, position: number): Promise<void> {
    const { runs, runBook, startWorker } = this.#options;
    try {
      await runs.resume(run, startWorker);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#current.delete(run);
      if (meetsAll(error.code)) throw error;
      const before = runBook.summary(run);
      if (!isUnderWay(before.status) && before.status !== 'finished') {
        runBook.putBack({ ...before, status: 'failed', problem: error.toRecord() });
      }
      return;
    }
    this.#watch(run, position);
  }

  async #pauseRun(run: number, position: number): Promise<void> {
    const { runs, runBook } = this.#options;
    try {
      if (runBook.summary(run).status === 'queued') {
        this.#current.delete(run);
        this.#left.push(position);
        await runs.stop(run);
      } else await runs.pause(run);
    } catch (error) {
      // It ended or failed before it could be paused, which its status shows.
      if (!(error instanceof Problem)) throw error;
    }
  }

  /** Watches the run, which may have ended while it was queued. */
  #watch(run: number, position: number): void {
    this.#current.set(run, { position, status: null });
    this.#look(this.#options.runBook.summary(run));
  }

  #look({ id: run, status, problem }: EventPayload<'run.changed'>): void {
    const known = this.#current.get(run);
    if (!known || known.status === status || this.#ended) return;
    if (isUnderWay(status)) this.#current.set(run, { ...known, status });
    else this.#current.delete(run);
    this.#options.book.changed(this.#options.id);
    if (isUnderWay(status)) return;
    if (status === 'failed' && problem && meetsAll(problem.code)) this.#interrupt(problem);
    else void this.#fill();
  }

  /**
   * Ends the sweep as interrupted. Runs that are still active continue to their own end, or fail for the same
   * reason.
   */
  #interrupt(problem: ProblemRecord): void {
    this.#held = true;
    this.#end('interrupted', problem);
  }

  #end(status: SweepStatus | null, problem: ProblemRecord | null = null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#silence();
    if (status) this.#options.book.setStatus(this.#options.id, status, problem);
    this.#options.onEnd();
  }
}

/** Returns true for problems of the machine rather than of a run's configuration. */
function meetsAll(code: string): boolean {
  return (
    /^(history|engine|lab)\./.test(code) ||
    [
      'checkpoint.disk-full',
      'checkpoint.not-accessible',
      'training.no-addon',
      'training.no-library',
      'training.no-package',
    ].includes(code)
  );
}
