/**
 * What an active run's worker sends is stored by this file: losses, epochs and checkpoints.
 *
 * Losses are buffered and written a few times per second. A checkpoint is written in three steps, so that even
 * if the process is killed between two of them, a resumed run's history equals that of a run that never stopped:
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
import type { EpochRecord, RunningLoss } from '../../../shared/runs/runs.ts';
import type { CheckpointFiles } from '../../checkpoints/files.ts';
import type { FromWorker, TrainingOrder } from '../../engine/train/messages.ts';
import type { Doing } from '../../history/tables/runRow.ts';
import type { Events } from '../base/events.ts';
import { paceKey } from '../base/paceKey.ts';
import { LossBuffer } from './lossBuffer.ts';
import type { PastStates } from './pastStates.ts';
import type { RunBook } from './runBook.ts';

export interface RecorderOptions {
  readonly run: number;
  readonly order: TrainingOrder;
  readonly book: RunBook;
  readonly files: CheckpointFiles;
  readonly states: PastStates;
  readonly events: Events;
}

/** What the recorder needs to know of the run that it records. */
export interface RecordedRun {
  /** Returns true once the run has reached a final status: nothing may be stored after that. */
  isOver(): boolean;
  /** Does the work after the messages that have come so far. */
  enqueue(work: () => void): void;
}

const flushInterval = 250;

export class RunRecorder {
  readonly #options: RecorderOptions;
  readonly #recorded: RecordedRun;
  readonly #losses: LossBuffer;
  readonly #best: BestEpoch;
  #trainSeconds: number;
  #timer: NodeJS.Timeout | null = null;
  /** Current phase that occurs for the first time in this process and may end it. */
  #doing: Doing | null = 'loading';

  constructor(options: RecorderOptions, recorded: RecordedRun) {
    this.#options = options;
    this.#recorded = recorded;
    this.#losses = new LossBuffer(options.order.from?.progress.step ?? 0);
    const { history } = options.book;
    this.#best = new BestEpoch(options.order.settings, history.epochs.list(options.run));
    this.#trainSeconds = options.book.summary(options.run).trainSeconds;
  }

  /** Records that the engine is being loaded, which may end the process. */
  loading(): void {
    this.#options.book.history.runs.setDoing(this.#options.run, this.#doing);
  }

  /** Records that the engine has been loaded and training begins. */
  started(message: Extract<FromWorker, { kind: 'started' }>): void {
    const { tensorflow, stepsPerEpoch, kernels, kernelTimes } = message;
    const { run, book, order } = this.#options;
    if (kernelTimes) book.history.kernelTimes.put(paceKey(order), kernelTimes);
    book.history.runs.setStarted(run, tensorflow, stepsPerEpoch);
    this.#does('firstStep');
    book.changed(run);
    const { machine, shards, versions } = book.detail(run);
    const detail = {
      cpu: machine.cpu,
      cores: machine.cores,
      threads: shards,
      versions,
      kernels,
      kernelTimes,
    };
    book.log(run, { kind: 'started', detail });
  }

  batchLosses(from: number, losses: Float32Array, imagesPerSecond: number): void {
    this.#losses.add(from, losses);
    if (this.#doing !== null) {
      const { stepsPerEpoch } = this.#options.book.summary(this.#options.run);
      this.#does(this.#losses.step % stepsPerEpoch === 0 ? 'firstEvaluation' : 'nothingNew');
    }
    // This is an estimate until the next checkpoint has the measured seconds.
    const images = losses.length * this.#options.order.settings.batchSize;
    if (imagesPerSecond > 0) this.#trainSeconds += images / imagesPerSecond;
    const seconds = this.#trainSeconds;
    this.#options.events.emit('run.batchLosses', {
      run: this.#options.run,
      from,
      losses,
      imagesPerSecond,
      seconds,
    });
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#recorded.enqueue(() => {
        if (this.#recorded.isOver()) return;
        this.flush();
        this.#options.book.changed(this.#options.run);
      });
    }, flushInterval);
  }

  runningLoss(record: RunningLoss): void {
    const { run, events } = this.#options;
    this.#losses.addRunning(record);
    events.emit('run.runningLoss', { run, ...record });
  }

  /** Records a change of the learning rate that took effect at step number `step`. */
  learningRate(step: number, learningRate: number, before: number): void {
    const { run, book } = this.#options;
    // The losses before the change are stored first; if they were lost, the change would be repeated at its
    // step.
    this.flush();
    const { stepsPerEpoch } = book.summary(run);
    const place = { step: step - 1, epoch: Math.floor((step - 1) / stepsPerEpoch) + 1 };
    book.log(run, { kind: 'learningRate', detail: { learningRate, before } }, place);
  }

  async epoch(checkpoint: Checkpoint, record: EpochRecord): Promise<void> {
    const { run, book, events } = this.#options;
    if (this.#doing !== null) book.history.runs.setDoing(run, (this.#doing = null));
    const best = await this.checkpoint(checkpoint, record);
    if (this.#recorded.isOver()) return;
    events.emit('run.epoch', { run, ...record });
    book.changed(run);
    const { epoch, trainLoss, testCorrect, testTotal, trainSeconds, testSeconds } = record;
    const place = { step: checkpoint.progress.step, epoch };
    const loss = Number.isFinite(trainLoss) ? trainLoss : null;
    const seconds = trainSeconds + testSeconds;
    book.log(run, { kind: 'epoch', detail: { trainLoss: loss, testCorrect, testTotal, seconds } }, place);
    if (best) book.log(run, { kind: 'best', detail: { metric: this.#best.metric } }, place);
  }

  /** Stores a checkpoint and the epoch that ended with it, if any. Returns true if that is the best epoch so far. */
  async checkpoint(checkpoint: Checkpoint, epoch: EpochRecord | null = null): Promise<boolean> {
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
    if (this.#recorded.isOver()) return best;
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

  /** Writes the buffered losses. */
  flush(): void {
    this.#write((work) => {
      this.#options.book.history.transaction(work);
    });
  }

  #write(inTransaction: (work: () => void) => void): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const { history } = this.#options.book;
    inTransaction(() => {
      this.#losses.write(history, this.#options.run, this.#trainSeconds);
      history.runs.setProgress(this.#options.run, this.#losses.step, this.#trainSeconds);
    });
    this.#losses.clear();
  }

  /** Records the phase at once, because the process may end in the worker's next operation. */
  #does(what: Doing | 'nothingNew'): void {
    const { history } = this.#options.book;
    if (this.#doing === null) return;
    this.#doing = what === 'nothingNew' ? 'firstEvaluation' : what;
    history.runs.setDoing(this.#options.run, what === 'nothingNew' ? null : what);
  }
}
