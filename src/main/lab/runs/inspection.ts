/**
 * Looks into runs, one question after another. One thread does the work and keeps the nets of the runs that were asked
 * about last, so that the next question about them is quick; it is closed when nothing has been asked for a while. A run
 * that is training may be asked about too: then it is its newest checkpoint on the disk that is looked into.
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
import type { PastState, PastStates } from './pastStates.ts';
import { requireSameData } from './resume.ts';
import type { RunBook } from './runBook.ts';
import { settled, within } from '../base/waiting.ts';

export interface InspectionOptions {
  readonly book: RunBook;
  readonly files: CheckpointFiles;
  readonly states: PastStates;
  readonly workerPath: string | URL;
  readonly cores: number;
  readonly openDataset: (id: string) => Promise<Dataset>;
  readonly findTrainingProblem: () => ProblemRecord | null;
  /** How long a thread may take to end, and how long one is kept that nobody asks, in milliseconds. */
  readonly patience: number;
  readonly idle: number;
}

export interface InspectedRun {
  readonly run: RunDetail;
  readonly of: Inspected;
  readonly tensors: readonly NamedTensor[];
}

/** Nets that the thread keeps open: two that are looked at in step, and one more. */
const mostOpen = 3;

export class LabInspection {
  readonly #options: InspectionOptions;
  #questions: Promise<unknown> = Promise.resolve();
  #thread: InspectionThread | null = null;
  /** What the thread has open, by run; the one asked about last is at the end. */
  readonly #open = new Map<number, Inspected>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: InspectionOptions) {
    this.#options = options;
  }

  /** A run's numbers as they lie in its checkpoint; needs no engine. */
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

  /** Ends the thread. What is under way is answered first, if that does not take too long. */
  async close(): Promise<void> {
    this.#closed = true;
    await within(this.#questions, this.#options.patience);
    const thread = this.#forget();
    if (!thread) return;
    thread.leave();
    await within(thread.gone, this.#options.patience);
    thread.terminate();
  }

  /** A thread that has these numbers of this run. */
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
    // Until it has taken them it has neither the old ones nor the new ones.
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

  /** Closes the nets that were not asked about for the longest time. */
  async #makeRoom(thread: InspectionThread): Promise<void> {
    for (const net of [...this.#open.keys()].slice(0, Math.max(0, this.#open.size - mostOpen + 1))) {
      this.#open.delete(net);
      await thread.ask({ kind: 'shut', net });
    }
  }

  /** Whether the run has no other numbers in the place of those that are open. */
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

  /** The next question starts another thread. */
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
