/**
 * Inspects runs, one question at a time. One thread does the work and keeps the nets of the most recent runs
 * open, so that the next question about them is fast; it ends after a while without questions. For a run that
 * is training, its newest checkpoint on the disk is inspected.
 */
import { type NamedTensor, isParameterKey } from '../../../shared/runs/checkpoint.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import type {
  Answers,
  CheckpointKind,
  Inspected,
  Moment,
  Question,
} from '../../../shared/inspect/inspection.ts';
import { Problem, type ProblemRecord } from '../../../shared/base/problem.ts';
import type { RunDetail } from '../../../shared/runs/runs.ts';
import type { CheckpointFiles, SavedCheckpoint } from '../../checkpoints/files.ts';
import { InspectionThread, inThread } from '../threads/inspectionThread.ts';
import type { PastState, PastStates } from '../runs/pastStates.ts';
import { requireSameData } from '../runs/resume.ts';
import type { RunBook } from '../runs/runBook.ts';
import { settled, within } from '../base/waiting.ts';

export interface InspectionOptions {
  readonly book: RunBook;
  readonly files: CheckpointFiles;
  readonly states: PastStates;
  readonly workerPath: string | URL;
  readonly cores: number;
  readonly openDataset: (id: string) => Promise<Dataset>;
  readonly findTrainingProblem: () => ProblemRecord | null;
  /** Milliseconds that a thread may take to end (`patience`), and after which an unused one ends (`idle`). */
  readonly patience: number;
  readonly idle: number;
}

export interface InspectedRun {
  readonly run: RunDetail;
  readonly of: Inspected;
  readonly tensors: readonly NamedTensor[];
}

/** Number of nets that the thread keeps open: two that are viewed side by side, and one more. */
const mostOpen = 3;

export class LabInspection {
  readonly #options: InspectionOptions;
  #questions: Promise<unknown> = Promise.resolve();
  #thread: InspectionThread | null = null;
  /** State that the thread has open for each run; the most recently used is last. */
  readonly #open = new Map<number, Inspected>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: InspectionOptions) {
    this.#options = options;
  }

  /** Returns a run's tensors from its checkpoint; the engine is not needed. */
  async numbers(run: number, moment: Moment): Promise<InspectedRun> {
    return { run: this.#options.book.detail(run), ...(await this.#read(run, moment)) };
  }

  ask<K extends Question['kind']>(
    run: number,
    moment: Moment,
    question: Extract<Question, { kind: K }>,
  ): Promise<Answers[K] & { of: Inspected }> {
    const answer = this.#questions.then(async () => {
      try {
        const { thread, of } = await this.#ready(run, moment);
        return { ...((await thread.ask({ kind: 'ask', net: run, question })) as Answers[K]), of };
      } finally {
        this.#restartTimer();
      }
    });
    this.#questions = settled(answer);
    return answer;
  }

  /** Ends the thread. Pending questions are answered first, for a limited time. */
  async close(): Promise<void> {
    this.#closed = true;
    await within(this.#questions, this.#options.patience);
    const thread = this.#forget();
    if (!thread) return;
    thread.leave();
    await within(thread.gone, this.#options.patience);
    thread.terminate();
  }

  /** Returns the thread with this run's net open at this moment. */
  async #ready(run: number, moment: Moment): Promise<{ thread: InspectionThread; of: Inspected }> {
    if (this.#closed) throw new Problem('lab.closed', 'Stride is closing; start it again');
    clearTimeout(this.#timer);
    const { book, findTrainingProblem, openDataset, workerPath, cores } = this.#options;
    const problem = findTrainingProblem();
    if (problem) throw Problem.fromRecord(problem);
    const detail = book.detail(run);
    if (this.#thread?.ended) this.#forget();
    const known = this.#open.get(run);
    if (this.#thread && known && this.#isNewest(run, known, moment)) {
      this.#open.delete(run);
      this.#open.set(run, known);
      return { thread: this.#thread, of: known };
    }

    const dataset = await openDataset(detail.dataset);
    requireSameData(detail, dataset);
    const { of, tensors: all } = await this.#read(run, moment);
    const tensors = all.filter(({ name }) => isParameterKey(name));
    const thread = (this.#thread ??= new InspectionThread(inThread(workerPath), cores));
    // If loading fails, the thread has neither the old nor the new tensors.
    this.#open.delete(run);
    await this.#makeRoom(thread);
    const { network, settings } = detail;
    await thread.ask(
      known
        ? { kind: 'load', net: run, tensors }
        : { kind: 'open', net: run, order: { network, settings, dataset, tensors } },
    );
    this.#open.set(run, of);
    return { thread, of };
  }

  /** Closes the least recently used nets. */
  async #makeRoom(thread: InspectionThread): Promise<void> {
    for (const net of [...this.#open.keys()].slice(0, Math.max(0, this.#open.size - mostOpen + 1))) {
      this.#open.delete(net);
      await thread.ask({ kind: 'shut', net });
    }
  }

  /** Returns whether the open state is still the run's newest for the requested moment. */
  #isNewest(run: number, of: Inspected, { checkpoint, epoch }: Moment): boolean {
    if (epoch !== undefined) return of.checkpoint === 'epoch' && of.epoch === epoch + 1;
    const newest = this.#options.book.history.checkpoints.get(run, checkpoint);
    return of.checkpoint === checkpoint && of.step === newest?.step;
  }

  async #read(run: number, { checkpoint, epoch }: Moment): Promise<PastState> {
    if (epoch !== undefined) return this.#options.states.read(run, epoch);
    const saved = await this.#options.files.peek(run, checkpoint);
    if (saved) return { of: inspected(saved, checkpoint), tensors: saved.checkpoint.tensors };
    throw new Problem(
      'inspect.no-checkpoint',
      `run ${run} has no checkpoint yet that could be looked into; one is written after each epoch, and when it is paused or stopped`,
      { run },
    );
  }

  #restartTimer(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.#forget()?.leave(), this.#options.idle).unref();
  }

  /** Discards the thread, so that the next question starts another one. */
  #forget(): InspectionThread | null {
    clearTimeout(this.#timer);
    const thread = this.#thread;
    this.#thread = null;
    this.#open.clear();
    return thread;
  }
}

function inspected({ checkpoint: { progress } }: SavedCheckpoint, checkpoint: CheckpointKind): Inspected {
  const { step, epoch, batch } = progress;
  return { checkpoint, step, epoch, batch };
}
