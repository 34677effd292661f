/**
 * Sweeps as the lab's callers handle them: they are started, paused, resumed, cancelled, listed, and finally
 * closed.
 */
import type { CallRequest } from '../../../shared/api/api.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { Problem } from '../../../shared/base/problem.ts';
import { combinationResults } from '../../../shared/sweeps/sweepResults.ts';
import type { SweepDetail, SweepRun, SweepSummary } from '../../../shared/sweeps/sweeps.ts';
import type { Events } from '../base/events.ts';
import type { Memory } from '../../engine/native/memory.ts';
import type { RunBook } from '../runs/runBook.ts';
import type { LabRuns } from '../runs/runs.ts';
import { isUnderWay } from '../base/status.ts';
import type { SweepBook } from './sweepBook.ts';
import { type SweepPlan, planSweep, sweepName } from './sweepPlan.ts';
import { SweepRunner } from './sweepRunner.ts';
import { settled, within } from '../base/waiting.ts';
import { WorkerPool } from '../threads/workerPool.ts';

export interface SweepsOptions {
  readonly book: SweepBook;
  readonly runBook: RunBook;
  readonly runs: LabRuns;
  readonly events: Events;
  readonly workerPath: string | URL;
  readonly cores: number;
  readonly openDataset: (id: string) => Promise<Dataset>;
  readonly readMemory: () => Memory;
  /** Milliseconds that a thread may take to end. */
  readonly patience: number;
}

export class LabSweeps {
  readonly #options: SweepsOptions;
  readonly #runners = new Map<number, SweepRunner>();
  /** Promises that resolve when a sweep's threads have ended. */
  readonly #pools = new Set<Promise<void>>();
  readonly #resuming = new Map<number, Promise<SweepSummary>>();
  /** The most recent plan, because a window that follows a sweep asks for it repeatedly. */
  #plan: { readonly id: number; readonly plan: SweepPlan } | null = null;

  constructor(options: SweepsOptions) {
    this.#options = options;
  }

  /**
   * Starts all runs or none: if one cannot be trained, the sweep is refused with its combination's name
   * before any run is created.
   */
  async start({ sweep, workers: wanted }: CallRequest<'sweeps.start'>): Promise<SweepSummary> {
    const { book, runs, cores, openDataset, readMemory } = this.#options;
    runs.requireTraining();
    const plan = await planSweep(sweep, openDataset, readMemory());
    runs.requireOpen();
    const workers = Math.min(wanted ?? cores, cores, plan.runs.length);
    const shards = Math.max(1, Math.floor(cores / workers));
    const id = book.history.sweeps.insert(
      { name: sweepName(sweep), definition: sweep, workers, shards, combinations: plan.combinations.length },
      book.history.owner,
    );
    book.changed(id);
    await this.#run(id, plan, [...plan.runs.keys()], new Map());
    return book.summary(id);
  }

  async pause(id: number): Promise<SweepSummary> {
    const { status } = await this.#own(id);
    const runner = this.#runners.get(id);
    if (status === 'paused') return this.#options.book.summary(id);
    if (!runner) {
      throw new Problem('sweep.not-running', `sweep ${id} is ${status}; only a running sweep can be paused`, {
        sweep: id,
        status,
      });
    }
    await runner.pause();
    return this.#options.book.summary(id);
  }

  /**
   * Resumes the runs that had begun from their checkpoints and starts the others. Concurrent calls share one
   * resumption.
   */
  resume(id: number): Promise<SweepSummary> {
    const resuming = this.#resuming.get(id) ?? this.#resume(id).finally(() => this.#resuming.delete(id));
    this.#resuming.set(id, resuming);
    return resuming;
  }

  async #resume(id: number): Promise<SweepSummary> {
    const { book, runs, runBook } = this.#options;
    const before = this.#mine(id);
    const runner = this.#runners.get(id);
    if (runner) {
      await runner.resume();
      return book.summary(id);
    }
    runs.requireTraining();
    const plan = await this.#planOf(id);
    runs.requireOpen();
    this.#requireSameData(id, plan);
    runBook.recover();
    const begun = new Map(book.history.sweeps.runs(id).map((run) => [run.position, run]));
    const left = [...plan.runs.keys()].filter((position) => canGoOn(begun.get(position)));
    if (left.length === 0) {
      throw new Problem('sweep.finished', `sweep ${id} is finished; there is nothing left to resume`, {
        sweep: id,
      });
    }
    if (before.status === 'running') book.setStatus(id, 'interrupted', before.problem);
    if (!book.history.sweeps.claim(id, book.history.owner)) throw elsewhere(id);
    book.setStatus(id, 'running');
    const numbers = [...begun.values()].flatMap(({ position, run }) =>
      run === null ? [] : [[position, run] as const],
    );
    await this.#run(id, plan, left, new Map(numbers));
    return book.summary(id);
  }

  async cancel(id: number): Promise<SweepSummary> {
    const { book } = this.#options;
    const { status } = await this.#own(id);
    const runner = this.#runners.get(id);
    if (runner) await runner.cancel();
    else if (status === 'paused' || status === 'interrupted') book.setStatus(id, 'cancelled');
    return book.summary(id);
  }

  async get(id: number): Promise<SweepDetail> {
    const { book } = this.#options;
    const summary = book.summary(id);
    const { combinations } = await this.#planOf(id);
    const runs = new Map(book.history.sweeps.runs(id).map((run) => [run.position, run]));
    return {
      ...summary,
      definition: book.definition(id),
      results: combinations.map((combination) => combinationResults(combination, runs)),
    };
  }

  /** Begins no more runs. It must be called before runs are ended. */
  stopBeginning(): void {
    for (const runner of [...this.#runners.values()]) runner.close();
    this.#options.book.release();
  }

  /** Waits until the threads have ended. It must be called after runs have ended. */
  async close(): Promise<void> {
    await within(Promise.all(this.#pools), this.#options.patience);
  }

  async #run(
    id: number,
    plan: SweepPlan,
    left: readonly number[],
    begun: ReadonlyMap<number, number>,
  ): Promise<void> {
    const { book, runBook, runs, events, workerPath, cores } = this.#options;
    const { workers, shards } = book.summary(id);
    const pool = new WorkerPool(workerPath, cores);
    const runner = new SweepRunner({
      id,
      plan: plan.runs,
      left,
      begun,
      workers,
      shards,
      book,
      runBook,
      runs,
      events,
      startWorker: (order, listener) => pool.start(order, listener),
      onEnd: () => {
        this.#runners.delete(id);
        const gone: Promise<void> = pool.close().finally(() => this.#pools.delete(gone));
        this.#pools.add(gone);
      },
    });
    this.#runners.set(id, runner);
    this.#plan = { id, plan };
    await runner.start();
  }

  async #planOf(id: number): Promise<SweepPlan> {
    const known = this.#plan;
    if (known?.id === id) return known.plan;
    const plan = await planSweep(this.#options.book.definition(id), this.#options.openDataset);
    this.#plan = { id, plan };
    return plan;
  }

  /** Throws if a data set has changed, because runs on different data cannot be compared. */
  #requireSameData(id: number, { datasets }: SweepPlan): void {
    const trained = this.#options.book.history.sweeps.dataHashes(id);
    for (const { summary } of datasets) {
      const other = trained.find(({ dataset, hash }) => dataset === summary.id && hash !== summary.hash);
      if (!other) continue;
      throw new Problem(
        'sweep.data-changed',
        `the data set "${summary.id}" is not the one that the runs of sweep ${id} were trained on; start a new sweep`,
        { sweep: id, dataset: summary.id },
      );
    }
  }

  /**
   * Waits for a resumption in progress, so that a caller who resumes and pauses at once is served in that
   * order.
   */
  async #own(id: number): Promise<SweepSummary> {
    await settled(this.#resuming.get(id));
    return this.#mine(id);
  }

  /** Returns the sweep. Throws a `Problem` if another process owns it. */
  #mine(id: number): SweepSummary {
    const { book } = this.#options;
    book.recover();
    const summary = book.summary(id);
    const owner = book.history.sweeps.ownerOf(id);
    if (owner !== null && owner !== book.history.owner) throw elsewhere(id);
    return summary;
  }
}

/** Returns whether a run can be resumed; one that diverged would do so again at the same step. */
function canGoOn(run: SweepRun | undefined): boolean {
  if (!run || run.status === 'waiting') return true;
  if (run.status === 'finished' || isUnderWay(run.status)) return false;
  return run.problem?.code !== 'training.diverged';
}

function elsewhere(id: number): Problem {
  return new Problem(
    'sweep.elsewhere',
    `another Stride on this machine is at sweep ${id}; pause, resume or cancel it there`,
    { sweep: id },
  );
}
