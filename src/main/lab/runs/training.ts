/**
 * One active run: its worker, and the storing of its messages.
 *
 * Messages are handled one after another, in the worker's order. Losses are buffered and written a few times
 * per second. A checkpoint is written in three steps, so that even if the process is killed between two of
 * them, a resumed run's history equals that of a run that never stopped:
 *
 * 1. the losses up to it, durably: history is never behind a checkpoint;
 * 2. the file, which contains the record of an epoch that ended with it (`checkpoints/files.ts`), and after
 *    the best epoch so far a hard link as the best one;
 * 3. history's own records of the epoch and the checkpoints, in one transaction.
 *
 * If killed before 2, the run resumes from the checkpoint before, and history beyond that is removed first
 * (`resume.ts`). If killed during 2 or before 3, the epoch's record is taken from the file, and the best
 * checkpoint is created.
 */
import { BestEpoch } from '../../../shared/runs/bestEpoch.ts';
import type { Checkpoint } from '../../../shared/runs/checkpoint.ts';
import { Problem, type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import type { EpochRecord, RunStatus } from '../../../shared/runs/runs.ts';
import type { CheckpointFiles } from '../../checkpoints/files.ts';
import type { FromWorker, ToWorker, TrainingOrder } from '../../engine/train/messages.ts';
import type { Doing } from '../../history/tables/runs.ts';
import type { Events } from '../base/events.ts';
import { LossBuffer } from './lossBuffer.ts';
import type { PastStates } from './pastStates.ts';
import type { RunBook } from './runBook.ts';
import type { RunWorker, StartWorker } from '../threads/runWorker.ts';

export interface TrainingOptions {
  readonly run: number;
  readonly order: TrainingOrder;
  readonly book: RunBook;
  readonly files: CheckpointFiles;
  readonly states: PastStates;
  readonly events: Events;
  readonly startWorker: StartWorker;
  /** Called with the version of libtensorflow once it is known. */
  readonly onTensorflow: (version: string) => void;
  /** Milliseconds that a worker may take to stop, and a stopped one to end. */
  readonly patience: number;
}

const flushInterval = 250;

export class Training {
  /** Resolves when the worker has ended and all its messages have been handled. Never rejects. */
  readonly ended: Promise<void>;

  readonly #options: TrainingOptions;
  readonly #ended = Promise.withResolvers<void>();
  readonly #watchers = new Set<() => void>();
  #worker: RunWorker | null = null;
  #messages: Promise<void> = Promise.resolve();
  #paused = false;
  /** Whether the run has reached a final status; later messages of the worker are ignored. */
  #over = false;
  #stopAs: RunStatus | null = null;
  /** Pauses and resumes, one after another: each waits for the worker's answer to the previous one. */
  #controls: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | null = null;
  /** Numbers of learning rate changes that were requested and made; the worker makes them in order. */
  #ratesAsked = 0;
  #ratesTaken = 0;
  #timer: NodeJS.Timeout | null = null;

  readonly #losses: LossBuffer;
  readonly #best: BestEpoch;
  #trainSeconds: number;
  /** Current phase that occurs for the first time in this process and may end it. */
  #doing: Doing | null = 'loading';

  constructor(options: TrainingOptions) {
    this.#options = options;
    this.ended = this.#ended.promise;
    this.#losses = new LossBuffer(options.order.from?.progress.step ?? 0);
    const { history } = options.book;
    this.#best = new BestEpoch(options.order.settings, history.epochs.list(options.run));
    this.#trainSeconds = options.book.summary(options.run).trainSeconds;
  }

  get run(): number {
    return this.#options.run;
  }

  get paused(): boolean {
    return this.#paused;
  }

  start(): void {
    const { order, run, book, startWorker } = this.#options;
    try {
      book.setStatus(run, 'running');
      book.history.runs.setDoing(run, this.#doing);
      this.#worker = startWorker(order, {
        message: (message) => {
          this.#enqueue(() => this.#take(message));
        },
        exit: (problem) => {
          this.#enqueue(() => {
            this.#exited(problem);
          });
        },
      });
    } catch (error) {
      this.#finish('failed', toProblemRecord(error));
      this.#ended.resolve();
    }
  }

  /**
   * Resolves when the run is paused and its checkpoint is on the disk, or when it has ended before it could
   * be paused.
   */
  pause(): Promise<void> {
    return this.#control({ kind: 'pause' }, () => this.#paused);
  }

  /** Continues a paused run. */
  continue(): Promise<void> {
    return this.#control({ kind: 'continue' }, () => !this.#paused);
  }

  /**
   * Resolves when the run has the status `as` and its checkpoint is on the disk, or when it has ended
   * otherwise. A worker that does not stop in time is terminated; the run then resumes from the checkpoint
   * before.
   */
  stop(as: 'stopped' | 'interrupted'): Promise<void> {
    if (this.#over) return Promise.resolve();
    this.#stopAs ??= as;
    this.#stopping ??= this.#stop(as);
    return this.#stopping;
  }

  /**
   * Requests that the run stop, with a checkpoint, at the end of the current epoch, or cancels that request.
   */
  finishEpoch(wanted: boolean): void {
    if (this.#over) return;
    this.#worker?.send({ kind: 'finishEpoch', wanted });
    this.#options.book.log(this.run, { kind: 'finishEpoch', detail: { wanted } });
  }

  /** Resolves when the change has been made and stored, or when the run has ended before. */
  setLearningRate(learningRate: number): Promise<void> {
    const mine = ++this.#ratesAsked;
    return this.#ask({ kind: 'learningRate', learningRate }, () => this.#ratesTaken >= mine);
  }

  /** Writes the buffered losses. */
  flush(): void {
    this.#write((work) => {
      this.#options.book.history.transaction(work);
    });
  }

  async #stop(as: RunStatus): Promise<void> {
    const patience = setTimeout(() => {
      this.#finish(as);
      this.#worker?.terminate();
    }, this.#options.patience);
    await this.#ask({ kind: 'stop' }, () => false);
    clearTimeout(patience);
  }

  #control(message: ToWorker, done: () => boolean): Promise<void> {
    this.#controls = this.#controls.then(() => (done() || this.#over ? undefined : this.#ask(message, done)));
    return this.#controls;
  }

  /** Sends a message and waits until `done` returns true or the run ends. */
  #ask(message: ToWorker, done: () => boolean): Promise<void> {
    const answer = Promise.withResolvers<void>();
    const watch = () => {
      if (!done() && !this.#over) return;
      this.#watchers.delete(watch);
      answer.resolve();
    };
    this.#watchers.add(watch);
    this.#worker?.send(message);
    watch();
    return answer.promise;
  }

  #enqueue(work: () => Promise<void> | void): void {
    this.#messages = this.#messages
      .then(work)
      .catch((error: unknown) => {
        if (!(error instanceof Problem)) console.error(`run ${this.run}:`, error);
        this.#finish('failed', toProblemRecord(error));
      })
      .catch((error: unknown) => {
        console.error(`run ${this.run} could not be ended:`, error);
      })
      .then(() => {
        for (const watch of [...this.#watchers]) watch();
      });
  }

  async #take(message: FromWorker): Promise<void> {
    if (this.#over) return;
    const { run, book, events } = this.#options;
    switch (message.kind) {
      case 'started':
        book.history.runs.setStarted(run, message.tensorflow, message.stepsPerEpoch);
        this.#options.onTensorflow(message.tensorflow);
        this.#does('firstStep');
        book.changed(run);
        this.#logStart();
        return;
      case 'batchLosses':
        this.#takeLosses(message.from, message.losses, message.imagesPerSecond);
        return;
      case 'runningLoss':
        this.#losses.addRunning(message.record);
        events.emit('run.runningLoss', { run, ...message.record });
        return;
      case 'epoch':
        await this.#endEpoch(message.checkpoint, message.record);
        return;
      case 'checkpoint':
        await this.#save(message.checkpoint, null);
        return;
      case 'learningRate': {
        // The losses before the change are stored first; if they were lost, the change would be repeated at
        // its step.
        this.flush();
        const { step, learningRate } = message.change;
        const detail = { learningRate, before: message.before };
        book.log(run, { kind: 'learningRate', detail }, this.#placeAt(step - 1));
        this.#ratesTaken += 1;
        return;
      }
      case 'paused':
        await this.#save(message.checkpoint, null);
        if (this.#over) return;
        this.#paused = true;
        book.setStatus(run, 'paused');
        return;
      case 'continued':
        this.#paused = false;
        book.setStatus(run, 'running');
        return;
      case 'stopped':
        await this.#save(message.checkpoint, null);
        this.#finish(this.#stopAs ?? 'stopped');
        return;
      case 'finished':
        this.flush();
        this.#finish('finished');
        return;
      case 'failed':
        this.#finish('failed', message.problem);
        return;
    }
  }

  #logStart(): void {
    const { book, run } = this.#options;
    const { machine, shards, versions } = book.detail(run);
    const detail = { cpu: machine.cpu, cores: machine.cores, threads: shards, versions };
    book.log(run, { kind: 'started', detail });
  }

  async #endEpoch(checkpoint: Checkpoint, record: EpochRecord): Promise<void> {
    const { run, book, events } = this.#options;
    if (this.#doing !== null) book.history.runs.setDoing(run, (this.#doing = null));
    const best = await this.#save(checkpoint, record);
    if (this.#over) return;
    events.emit('run.epoch', { run, ...record });
    book.changed(run);
    const { epoch, trainLoss, testCorrect, testTotal, trainSeconds, testSeconds } = record;
    const place = { step: checkpoint.progress.step, epoch };
    const loss = Number.isFinite(trainLoss) ? trainLoss : null;
    const seconds = trainSeconds + testSeconds;
    book.log(run, { kind: 'epoch', detail: { trainLoss: loss, testCorrect, testTotal, seconds } }, place);
    if (best) book.log(run, { kind: 'best', detail: { metric: this.#best.metric } }, place);
  }

  /** Records the phase at once, because the process may end in the worker's next operation. */
  #does(what: Doing | 'nothingNew'): void {
    const { history } = this.#options.book;
    if (this.#doing === null) return;
    this.#doing = what === 'nothingNew' ? 'firstEvaluation' : what;
    history.runs.setDoing(this.run, what === 'nothingNew' ? null : what);
  }

  #placeAt(step: number): { step: number; epoch: number } {
    return { step, epoch: Math.floor(step / this.#options.book.summary(this.run).stepsPerEpoch) + 1 };
  }

  #takeLosses(from: number, losses: Float32Array, imagesPerSecond: number): void {
    this.#losses.add(from, losses);
    if (this.#doing !== null) {
      const { stepsPerEpoch } = this.#options.book.summary(this.run);
      this.#does(this.#losses.step % stepsPerEpoch === 0 ? 'firstEvaluation' : 'nothingNew');
    }
    // This is an estimate until the next checkpoint has the measured seconds.
    const images = losses.length * this.#options.order.settings.batchSize;
    if (imagesPerSecond > 0) this.#trainSeconds += images / imagesPerSecond;
    const seconds = this.#trainSeconds;
    this.#options.events.emit('run.batchLosses', { run: this.run, from, losses, imagesPerSecond, seconds });
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#enqueue(() => {
        if (this.#over) return;
        this.flush();
        this.#options.book.changed(this.run);
      });
    }, flushInterval);
  }

  #write(inTransaction: (work: () => void) => void): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const { history } = this.#options.book;
    inTransaction(() => {
      this.#losses.write(history, this.run, this.#trainSeconds);
      history.runs.setProgress(this.run, this.#losses.step, this.#trainSeconds);
    });
    this.#losses.clear();
  }

  /** Returns whether this is the best epoch so far. */
  async #save(checkpoint: Checkpoint, epoch: EpochRecord | null): Promise<boolean> {
    const { run, book, files, states } = this.#options;
    const { history } = book;
    const { step, epoch: underWay, batch, epochSeconds } = checkpoint.progress;
    if (step !== this.#losses.step) {
      throw new Error(`a checkpoint of step ${step} came when step ${this.#losses.step} was reached`);
    }
    this.#write((work) => {
      history.durably(work);
    });
    const bytes = await files.write(run, { checkpoint, epoch, epochs: history.epochs.list(run) });
    const best = epoch !== null && this.#best.add(epoch);
    if (best) await files.keepBest(run);
    if (epoch) await states.keep(run, epoch.epoch, checkpoint, this.#best.epoch);
    // A worker that took too long to stop was abandoned while the file was written; history may even be
    // closed.
    if (this.#over) return best;
    history.transaction(() => {
      if (epoch) {
        history.epochs.insert(run, epoch);
        history.runs.refreshResults(run);
      }
      for (const kind of best ? (['last', 'best'] as const) : (['last'] as const)) {
        const file = files.names[kind];
        history.checkpoints.put(run, { kind, file, step, epoch: underWay, batch, bytes });
      }
      this.#trainSeconds = history.epochs.trainSeconds(run) + epochSeconds;
      history.runs.setProgress(run, step, this.#trainSeconds);
    });
    return best;
  }

  #exited(problem: Problem | null): void {
    if (!this.#over && this.#stopAs) this.#finish(this.#stopAs);
    const unexplained = new Problem('worker.ended', 'the training thread ended without saying why');
    this.#finish('failed', (problem ?? unexplained).toRecord());
    this.#ended.resolve();
  }

  /**
   * Ends the run, once: writes the buffered losses, sets the status, and gives the worker some time to end.
   */
  #finish(status: RunStatus, problem: ProblemRecord | null = null): void {
    if (this.#over) return;
    this.#over = true;
    this.#paused = false;
    let reason = problem;
    try {
      this.flush();
    } catch (error) {
      reason ??= toProblemRecord(error);
    }
    this.#options.book.setStatus(this.run, status, reason);
    const worker = this.#worker;
    if (status === 'failed') worker?.terminate();
    const patience = setTimeout(() => worker?.terminate(), this.#options.patience);
    void this.ended.then(() => {
      clearTimeout(patience);
    });
    for (const watch of [...this.#watchers]) watch();
  }
}
