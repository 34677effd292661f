/**
 * Predictions of runs' checkpoints over the test set, for whoever compares runs or looks for errors. They are computed
 * once by a thread that is kept for a while, and lie beside the checkpoint from then on, bound to its bytes: a run that
 * has trained further is computed anew.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { Problem, type ProblemRecord } from '../../../shared/base/problem.ts';
import type { TestPredictions } from '../../../shared/compare/predictions.ts';
import type { CheckpointKind, Inspected } from '../../../shared/inspect/inspection.ts';
import type { NamedTensor } from '../../../shared/runs/checkpoint.ts';
import type { RunDetail } from '../../../shared/runs/runs.ts';
import type { CheckpointFiles, SavedCheckpoint } from '../../checkpoints/files.ts';
import { type PredictionFiles, predictionFiles } from '../../checkpoints/predictions.ts';
import type { Speeds } from '../../engine/inspect/speed.ts';
import { settled, within } from '../base/waiting.ts';
import { InspectionThread, inThread } from '../threads/inspectionThread.ts';
import { requireSameData } from './resume.ts';
import type { RunBook } from './runBook.ts';

export interface PredictionsOptions {
  readonly book: RunBook;
  readonly files: CheckpointFiles;
  readonly workerPath: string | URL;
  readonly cores: number;
  readonly openDataset: (id: string) => Promise<Dataset>;
  readonly findTrainingProblem: () => ProblemRecord | null;
  /** How long a thread may take to end, and how long one is kept that nobody asks, in milliseconds. */
  readonly patience: number;
  readonly idle: number;
}

export interface RunPredictions {
  readonly run: RunDetail;
  readonly of: Inspected;
  /** SHA-256 and size of the checkpoint file. */
  readonly checkpointHash: string;
  readonly checkpointBytes: number;
  readonly predictions: TestPredictions;
}

interface Known {
  /** The file's size and time of change when it was read: while these stay, so do its bytes. */
  readonly stamp: string;
  readonly found: RunPredictions;
}

/** As many runs as one comparison may have. */
const mostInMemory = 20;

export class LabPredictions {
  readonly #options: PredictionsOptions;
  readonly #kept: PredictionFiles;
  readonly #known = new Map<string, Known>();
  readonly #underWay = new Map<string, Promise<RunPredictions>>();
  #thread: InspectionThread | null = null;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: PredictionsOptions) {
    this.#options = options;
    this.#kept = predictionFiles((run) => options.files.folder(run));
  }

  /** Starts the thread and lets it load the native library, so that the first predictions need not wait for that. */
  prepare(): void {
    if (this.#closed || this.#options.findTrainingProblem()) return;
    if (this.#thread && !this.#thread.ended) return;
    // Whoever asks for predictions is told what is wrong.
    this.#ask({ kind: 'prepare' }).catch(() => undefined);
  }

  /** Throws a `Problem` where the run has no such checkpoint, or its data set is another one by now. */
  async of(run: number, checkpoint: CheckpointKind): Promise<RunPredictions> {
    const key = `${run}/${checkpoint}`;
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay;
    const found = this.#find(run, checkpoint, key).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, found);
    return found;
  }

  /** Images a second of each run's net, measured now: one at a time, and many at a time. */
  async speeds(runs: readonly number[], checkpoint: CheckpointKind): Promise<Speeds> {
    const nets = await Promise.all(
      runs.map(async (run) => {
        const { network } = this.#options.book.detail(run);
        const saved = await this.#options.files.peek(run, checkpoint);
        if (!saved) throw noCheckpoint(run);
        return { network, tensors: parametersOf(saved) };
      }),
    );
    const problem = this.#options.findTrainingProblem();
    if (problem) throw Problem.fromRecord(problem);
    return (await this.#ask({ kind: 'speed', order: { nets } })) as Speeds;
  }

  /** Ends the thread. What is under way is answered first, if that does not take too long. */
  async close(): Promise<void> {
    this.#closed = true;
    await within(Promise.all([...this.#underWay.values()].map(settled)), this.#options.patience);
    const thread = this.#forget();
    if (!thread) return;
    thread.leave();
    await within(thread.gone, this.#options.patience);
    thread.terminate();
  }

  async #find(run: number, checkpoint: CheckpointKind, key: string): Promise<RunPredictions> {
    const detail = this.#options.book.detail(run);
    const path = this.#options.files.path(run, checkpoint);
    const stamp = await stampOf(path, run);
    const known = this.#known.get(key);
    if (known?.stamp === stamp) return { ...known.found, run: detail };

    const bytes = await readFile(path);
    const checkpointHash = createHash('sha256').update(bytes).digest('hex');
    const source = { checkpoint: checkpointHash, dataset: detail.datasetHash };
    const saved = await this.#options.files.peek(run, checkpoint);
    if (!saved) throw noCheckpoint(run);
    // Replaced between the two readings: its hash would not be that of these tensors.
    if ((await stampOf(path, run)) !== stamp) return this.#find(run, checkpoint, key);
    const { step, epoch, batch } = saved.checkpoint.progress;
    let predictions = await this.#kept.read(run, source);
    if (!predictions) {
      predictions = await this.#compute(detail, parametersOf(saved));
      await this.#kept.write(run, source, predictions);
    }
    const found = {
      run: detail,
      of: { checkpoint, step, epoch, batch },
      checkpointHash,
      checkpointBytes: bytes.length,
      predictions,
    };
    this.#remember(key, { stamp, found });
    return found;
  }

  async #compute(detail: RunDetail, tensors: readonly NamedTensor[]): Promise<TestPredictions> {
    const { findTrainingProblem, openDataset, cores } = this.#options;
    const problem = findTrainingProblem();
    if (problem) throw Problem.fromRecord(problem);
    const dataset = await openDataset(detail.dataset);
    requireSameData(detail, dataset);
    const { network, settings } = detail;
    const order = { network, settings, dataset, tensors, shards: cores };
    return (await this.#ask({ kind: 'classify', order })) as TestPredictions;
  }

  #remember(key: string, known: Known): void {
    this.#known.delete(key);
    this.#known.set(key, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostInMemory && oldest !== undefined) this.#known.delete(oldest);
  }

  #ask(request: Parameters<InspectionThread['ask']>[0]): Promise<unknown> {
    if (this.#closed) throw new Problem('lab.closed', 'Stride is closing; start it again');
    clearTimeout(this.#timer);
    if (this.#thread?.ended) this.#forget();
    this.#thread ??= new InspectionThread(inThread(this.#options.workerPath), this.#options.cores);
    return this.#thread.ask(request).finally(() => {
      this.#restartTimer();
    });
  }

  #restartTimer(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      if (this.#underWay.size === 0) this.#forget()?.leave();
    }, this.#options.idle).unref();
  }

  #forget(): InspectionThread | null {
    clearTimeout(this.#timer);
    const thread = this.#thread;
    this.#thread = null;
    return thread;
  }
}

/** Without the optimizer's slots. */
function parametersOf({ checkpoint }: SavedCheckpoint): NamedTensor[] {
  return checkpoint.tensors.filter(({ name }) => name.startsWith('parameter/'));
}

/** Size and time of change. */
async function stampOf(path: string, run: number): Promise<string> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return `${size}/${mtimeMs}/${ino}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw noCheckpoint(run);
    throw error;
  }
}

function noCheckpoint(run: number): Problem {
  return new Problem(
    'inspect.no-checkpoint',
    `run ${run} has no checkpoint yet that could be looked into; one is written after each epoch, and when it is paused or stopped`,
    { run },
  );
}
