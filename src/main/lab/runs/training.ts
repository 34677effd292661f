/**
 * One active run: its worker, and how it is paused, continued and stopped.
 *
 * Messages are handled one after another, in the worker's order; `runRecorder.ts` stores what they contain.
 */
import { Problem, type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import type { RunStatus } from '../../../shared/runs/runs.ts';
import type { FromWorker, ToWorker } from '../../engine/train/messages.ts';
import { type RecorderOptions, RunRecorder } from './runRecorder.ts';
import type { TestedLogits } from './testedLogits.ts';
import type { RunWorker, StartWorker } from '../threads/runWorker.ts';

export interface TrainingOptions extends RecorderOptions {
  readonly startWorker: StartWorker;
  readonly tested: TestedLogits;
  /** Called with the version of libtensorflow once it is known. */
  readonly onTensorflow: (version: string) => void;
  /** Milliseconds that a worker may take to stop, and a stopped one to end. */
  readonly patience: number;
}

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
  readonly #recorder: RunRecorder;

  constructor(options: TrainingOptions) {
    this.#options = options;
    this.ended = this.#ended.promise;
    this.#recorder = new RunRecorder(options, {
      isOver: () => this.#over,
      enqueue: (work) => {
        this.#enqueue(work);
      },
    });
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
      this.#recorder.loading();
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
    this.#recorder.flush();
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
    const { run, book } = this.#options;
    const recorder = this.#recorder;
    switch (message.kind) {
      case 'started':
        this.#options.onTensorflow(message.tensorflow);
        recorder.started(message);
        return;
      case 'batchLosses':
        recorder.batchLosses(message.from, message.losses, message.imagesPerSecond);
        return;
      case 'runningLoss':
        recorder.runningLoss(message.record);
        return;
      case 'epoch':
        this.#options.tested.put(run, message.checkpoint.progress.step, message.logits);
        await recorder.epoch(message.checkpoint, message.record);
        return;
      case 'checkpoint':
        await recorder.checkpoint(message.checkpoint);
        return;
      case 'learningRate':
        recorder.learningRate(message.change.step, message.change.learningRate, message.before);
        this.#ratesTaken += 1;
        return;
      case 'paused':
        await recorder.checkpoint(message.checkpoint);
        if (this.#over) return;
        this.#paused = true;
        book.setStatus(run, 'paused');
        return;
      case 'continued':
        this.#paused = false;
        book.setStatus(run, 'running');
        return;
      case 'stopped':
        await recorder.checkpoint(message.checkpoint);
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
