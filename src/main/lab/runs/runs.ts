/** Runs as the lab's callers handle them: they are started, paused, resumed, stopped, and finally closed. */
import type { CallRequest } from '../../../shared/api/api.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { Problem, type ProblemRecord } from '../../../shared/base/problem.ts';
import { kernelsBegunWith } from '../../../shared/runs/runEvents.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import type { CheckpointFiles } from '../../checkpoints/files.ts';
import type { Memory } from '../../engine/native/memory.ts';
import type { TrainingOrder } from '../../engine/train/messages.ts';
import type { Events } from '../base/events.ts';
import { MemoryOfRuns } from './memoryOfRuns.ts';
import { knownKernels } from '../base/knownKernels.ts';
import { type CheckedRun, checkRun, insertRuns } from './newRun.ts';
import { requireOwnRun, unlessFailed } from './ownRun.ts';
import { goOnFrom, requireSameData } from './resume.ts';
import type { PastStates } from './pastStates.ts';
import type { RunBook } from './runBook.ts';
import { type StartWorker, startRunWorker } from '../threads/runWorker.ts';
import { type Job, Scheduler } from './scheduler.ts';
import { isUnderWay } from '../base/status.ts';
import { Training } from './training.ts';
import type { TestedLogits } from './testedLogits.ts';
import { requireTraining } from './trainingProblem.ts';
import { settled, within } from '../base/waiting.ts';

export interface RunsOptions {
  readonly book: RunBook;
  readonly files: CheckpointFiles;
  readonly states: PastStates;
  readonly tested: TestedLogits;
  readonly events: Events;
  readonly workerPath: string | URL;
  readonly cores: number;
  readonly openDataset: (id: string) => Promise<Dataset>;
  readonly findTrainingProblem: () => ProblemRecord | null;
  readonly readMemory: () => Memory;
  /** Milliseconds that a worker may take to stop. */
  readonly patience: number;
}

type RunRequest = CallRequest<'runs.start'>['runs'][number];

export interface Enlisting {
  readonly shards: number;
  readonly join: (run: number) => void;
  readonly startWorker: StartWorker;
}

export class LabRuns {
  readonly #options: RunsOptions;
  readonly #startWorker: StartWorker;
  readonly #scheduler: Scheduler;
  #tensorflow = '';
  #closing = false;
  readonly #memory: MemoryOfRuns;
  readonly #resuming = new Map<number, Promise<RunSummary>>();

  constructor(options: RunsOptions) {
    this.#options = options;
    this.#memory = new MemoryOfRuns(options.readMemory);
    this.#startWorker = (order, listener) =>
      startRunWorker(options.workerPath, order, options.cores, listener);
    this.#scheduler = new Scheduler(options.cores, (waiting) => {
      options.events.emit('queue.changed', [...waiting]);
    });
  }

  /** Version of libtensorflow; empty until a worker has loaded it. */
  get tensorflow(): string {
    return this.#tensorflow;
  }

  /** Starts all runs or none: runs that cannot be trained are refused before any is created. */
  async start({ runs, together, threads }: CallRequest<'runs.start'>): Promise<RunSummary[]> {
    this.requireTraining();
    const { book, cores } = this.#options;
    this.requireCores(threads);
    // The cores are divided among the runs that will train concurrently.
    const shardsOf = () => {
      const atOnce = Math.min(cores, this.#scheduler.width + (together ? runs.length : 1));
      return threads ?? Math.max(1, Math.floor(cores / atOnce));
    };
    const checked = await Promise.all(runs.map((run) => this.#check(run, shardsOf())));
    this.requireOpen();
    const shards = shardsOf();
    const made = this.#insert(checked, shards);
    for (const { run } of made) this.#made(run);
    const chain = together ? null : {};
    this.#scheduler.add(made.map(({ run, order }) => this.#job(run, order, chain, this.#startWorker)));
    return made.map(({ run }) => book.summary(run));
  }

  /**
   * Creates a run with bit-identical results: the same net, settings, seed, data, number of shards and
   * kernels, and the same changes of the learning rate at the same steps. It does not stop where the first run was
   * stopped.
   */
  async again(run: number): Promise<RunSummary> {
    this.requireTraining();
    const { book } = this.#options;
    const before = book.detail(run);
    const learningRates = book.history.runEvents.learningRates(run);
    const checked = {
      ...(await this.#check({ ...before, learningRates, tags: [] }, before.shards)),
      origin: before.origin,
    };
    requireSameData(before, checked.dataset);
    this.requireOpen();
    const [made] = this.#insert([checked], before.shards);
    if (!made) throw new Error('no run was made');
    this.#made(made.run);
    const kernels = kernelsBegunWith(book.history.runEvents.list(run));
    const order = { ...made.order, ...(kernels && { kernels }) };
    this.#scheduler.add([this.#job(made.run, order, null, this.#startWorker)]);
    return book.summary(made.run);
  }

  /**
   * Creates a run of a set, calls `join` in the same transaction, and appends it to the queue. Returns its
   * number.
   */
  enlist(checked: CheckedRun, { shards, join, startWorker }: Enlisting): number {
    this.requireOpen();
    const [made] = this.#insert([checked], shards, join);
    if (!made) throw new Error('no run was made');
    const { run, order } = made;
    this.#made(run);
    this.#scheduler.add([this.#job(run, order, null, startWorker)]);
    return run;
  }

  async pause(run: number): Promise<RunSummary> {
    const { book } = this.#options;
    // Without a resume in progress there is no await, so that a caller who pauses and resumes at once is
    // served in that order.
    if (this.#resuming.has(run)) await settled(this.#resuming.get(run));
    const training = this.#scheduler.get(run);
    const { status } = requireOwnRun(this.#options.book, run);
    if (!training || !isUnderWay(status)) {
      throw new Problem('run.not-running', `run ${run} is ${status}; only a running run can be paused`, {
        run,
        status,
      });
    }
    await training.pause();
    this.#scheduler.pump();
    return unlessFailed(book.summary(run));
  }

  /** Resumes a run once, even for concurrent calls. It gets a worker thread of its own by default. */
  resume(
    run: number,
    startWorker: StartWorker = this.#startWorker,
    from: 'last' | 'previous' = 'last',
  ): Promise<RunSummary> {
    const resuming =
      this.#resuming.get(run) ??
      this.#resume(run, startWorker, from).finally(() => this.#resuming.delete(run));
    this.#resuming.set(run, resuming);
    return resuming;
  }

  async #resume(run: number, startWorker: StartWorker, from: 'last' | 'previous'): Promise<RunSummary> {
    const { book, files, openDataset } = this.#options;
    const training = this.#scheduler.get(run);
    const before = requireOwnRun(this.#options.book, run);
    if (training && isUnderWay(before.status)) {
      await training.continue();
      return unlessFailed(book.summary(run));
    }
    if (before.status === 'queued') return before;
    if (before.status === 'finished') {
      throw new Problem('run.finished', `run ${run} is finished; there is nothing left to resume`, { run });
    }
    this.requireTraining();
    // Its worker has sent its last message but may not have ended, and a checkpoint may still be being
    // written.
    await training?.ended;
    const dataset = await openDataset(before.dataset);
    this.requireOpen();
    const memory = this.#options.readMemory();
    checkRun(before.network, dataset, { settings: before.settings, shards: book.detail(run).shards, memory });
    const order = await goOnFrom(run, { book, files, dataset, from });
    if (order) this.#scheduler.add([this.#job(run, order, null, startWorker)]);
    return book.summary(run);
  }

  async stop(run: number): Promise<RunSummary> {
    const { book } = this.#options;
    if (this.#resuming.has(run)) await settled(this.#resuming.get(run));
    const before = requireOwnRun(this.#options.book, run);
    if (this.#scheduler.remove(run)) return book.setStatus(run, 'stopped');
    const training = this.#scheduler.get(run);
    if (!training || !isUnderWay(before.status)) return before;
    await training.stop('stopped');
    return unlessFailed(book.summary(run));
  }

  /** Makes the run stop, with a checkpoint, at the end of the current epoch; `wanted: false` cancels that. */
  finishEpoch({ run, wanted }: CallRequest<'runs.finishEpoch'>): RunSummary {
    this.#atWork(run, 'only a run that is training can be stopped after its epoch').finishEpoch(wanted);
    return this.#options.book.summary(run);
  }

  /** Returns the queued runs in order. */
  get waiting(): number[] {
    return this.#scheduler.waiting;
  }

  /** Returns the number of runs that are training now. */
  get atWork(): number {
    return this.#scheduler.active.filter(({ paused }) => !paused).length;
  }

  move({ run, before }: CallRequest<'queue.move'>): number[] {
    if (!this.#scheduler.move(run, before)) throw this.#notWaiting(run);
    return this.waiting;
  }

  startNow(run: number): RunSummary {
    if (!this.#scheduler.startNow(run)) throw this.#notWaiting(run);
    return this.#options.book.summary(run);
  }

  #notWaiting(run: number): Problem {
    const { status } = this.#options.book.summary(run);
    return new Problem('run.not-waiting', `run ${run} is ${status}; it does not wait for its turn here`, {
      run,
      status,
    });
  }

  /** Returns the run when the change has been made, which is before its next step. */
  async setLearningRate({ run, learningRate }: CallRequest<'runs.setLearningRate'>): Promise<RunSummary> {
    const training = this.#atWork(run, 'the learning rate can be changed of one that is training or paused');
    await training.setLearningRate(learningRate);
    return unlessFailed(this.#options.book.summary(run));
  }

  #atWork(run: number, only: string): Training {
    const training = this.#scheduler.get(run);
    const { status } = requireOwnRun(this.#options.book, run);
    if (training && isUnderWay(status)) return training;
    throw new Problem('run.not-at-work', `run ${run} is ${status}; ${only}`, { run, status });
  }

  /** Writes the buffered losses, so that history has everything that listeners have received. */
  flush(run: number): void {
    const training = this.#scheduler.get(run);
    if (training && isUnderWay(this.#options.book.summary(run).status)) training.flush();
  }

  /** Ends everything; each run keeps a checkpoint to be resumed from. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#resuming.values()].map(settled));
    for (const run of this.#scheduler.clear()) this.#options.book.setStatus(run, 'interrupted');
    const active = this.#scheduler.active;
    await Promise.all(active.map((training) => training.stop('interrupted')));
    await Promise.all(active.map(({ ended }) => within(ended, this.#options.patience)));
  }

  #insert(runs: readonly CheckedRun[], shards: number, join: (run: number) => void = () => undefined) {
    const { book, files, cores } = this.#options;
    const circumstances = { shards, cores, tensorflow: this.#tensorflow };
    return insertRuns({ history: book.history, files }, runs, circumstances, (made) => {
      for (const { run } of made) join(run);
    });
  }

  #made(run: number): void {
    const { book } = this.#options;
    book.log(run, { kind: 'created', detail: {} }, undefined, book.changed(run).createdAt);
  }

  #job(run: number, order: TrainingOrder, chain: object | null, startWorker: StartWorker): Job {
    const { book, files, states, events, patience, tested } = this.#options;
    return {
      run,
      chain,
      start: () => {
        const training = new Training({
          run,
          order,
          book,
          files,
          states,
          events,
          patience,
          tested,
          startWorker: (order, listener) => {
            this.#memory.reserve(run, order);
            const kernels = order.kernels ?? knownKernels(order, book.history);
            return startWorker({ ...order, ...(kernels && { kernels }) }, listener);
          },
          onTensorflow: (version) => (this.#tensorflow = version),
        });
        void training.ended.then(() => {
          this.#memory.release(run);
        });
        training.start();
        return training;
      },
    };
  }

  async #check({ dataset: id, keptNetwork, ...run }: RunRequest, shards: number): Promise<CheckedRun> {
    const dataset = await this.#options.openDataset(id);
    const { name, network, settings, learningRates, tags } = run;
    const memory = this.#options.readMemory();
    const parameterCount = checkRun(network, dataset, { settings, shards, memory });
    const origin =
      keptNetwork === undefined
        ? undefined
        : this.#options.book.history.networks.origin(keptNetwork, network);
    const rest = { parameterCount, learningRates, tags, origin };
    return { name: name ?? network.name, network, settings, dataset, ...rest };
  }

  /** Throws if the lab is closing, which may have begun since the call started. */
  requireOpen(): void {
    if (this.#closing) throw new Problem('lab.closed', 'Stride is closing; start it again');
  }

  /** Throws if more cores are requested than there are. */
  requireCores(threads: number | undefined): void {
    const { cores } = this.#options;
    if (threads === undefined || threads <= cores) return;
    throw new Problem(
      'run.threads',
      `a run cannot have ${threads} cores: this machine has ${cores}; 1 to ${cores} would be right`,
      { threads, cores },
    );
  }

  /** Throws the problem that keeps this machine from training, if any. */
  requireTraining(): void {
    requireTraining(this.#options.findTrainingProblem);
  }
}
