/**
 * Inspects runs, one question at a time. One thread does the work and keeps the nets of the most recent runs
 * open, so that the next question about them is fast; it ends after a while without questions. For a run that
 * is training, its newest checkpoint on the disk is inspected.
 */
import { type NamedTensor, parametersIn } from '../../../shared/runs/checkpoint.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import type {
  Answers,
  CheckpointKind,
  Inspected,
  Moment,
  Question,
} from '../../../shared/inspect/inspection.ts';
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import type { RunDetail } from '../../../shared/runs/runs.ts';
import type { CheckpointFiles, SavedCheckpoint } from '../../checkpoints/files.ts';
import { IdleThread, type IdleThreadOptions } from '../threads/idleThread.ts';
import type { InspectionThread } from '../threads/inspectionThread.ts';
import { noCheckpoint } from '../runs/noCheckpoint.ts';
import type { PastState, PastStates } from '../runs/pastStates.ts';
import { requireSameData } from '../runs/resume.ts';
import type { RunBook } from '../runs/runBook.ts';
import { requireTraining } from '../runs/trainingProblem.ts';
import { settled } from '../base/waiting.ts';

export interface InspectionOptions extends IdleThreadOptions {
  readonly book: RunBook;
  readonly files: CheckpointFiles;
  readonly states: PastStates;
  readonly openDataset: (id: string) => Promise<Dataset>;
  readonly findTrainingProblem: () => ProblemRecord | null;
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
  readonly #thread: IdleThread;
  /** State that the thread has open for each run; the most recently used is last. */
  readonly #open = new Map<number, Inspected>();

  constructor(options: InspectionOptions) {
    this.#options = options;
    this.#thread = new IdleThread(options);
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
    // The state is read while the questions before this one are answered; a problem is told when it is this one's turn.
    if (moment.epoch !== undefined) this.#read(run, moment).catch(() => undefined);
    const answer = this.#questions.then(() =>
      this.#thread.keep(async () => {
        const { thread, of } = await this.#ready(run, moment);
        return { ...((await thread.ask({ kind: 'ask', net: run, question })) as Answers[K]), of };
      }),
    );
    this.#questions = settled(answer);
    return answer;
  }

  /** Ends the thread. Pending questions are answered first, for a limited time. */
  async close(): Promise<void> {
    await this.#thread.close();
  }

  /** Returns the thread with this run's net open at this moment. */
  async #ready(run: number, moment: Moment): Promise<{ thread: InspectionThread; of: Inspected }> {
    const { book, findTrainingProblem, openDataset } = this.#options;
    requireTraining(findTrainingProblem);
    const detail = book.detail(run);
    if (!this.#thread.started) this.#open.clear();
    const known = this.#open.get(run);
    if (known && this.#isNewest(run, known, moment)) {
      this.#open.delete(run);
      this.#open.set(run, known);
      return { thread: this.#thread.current(), of: known };
    }

    const dataset = await openDataset(detail.dataset);
    requireSameData(detail, dataset);
    const { of, tensors: all } = await this.#read(run, moment);
    const tensors = parametersIn(all);
    const thread = this.#thread.current();
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
    throw noCheckpoint(run);
  }
}

function inspected({ checkpoint: { progress } }: SavedCheckpoint, checkpoint: CheckpointKind): Inspected {
  const { step, epoch, batch } = progress;
  return { checkpoint, step, epoch, batch };
}
