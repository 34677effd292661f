/**
 * Predictions of runs' checkpoints over the test set, used to compare runs and to find errors. The evaluation
 * after an epoch has computed those of its checkpoint; for others, threads that are kept for a while compute them
 * once. They are stored beside the checkpoint with its hash, so that they are computed again for a run that has
 * trained further.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import type { TestPredictions } from '../../../shared/compare/predictions.ts';
import type { CheckpointKind, Inspected } from '../../../shared/inspect/inspection.ts';
import { type NamedTensor, parametersIn } from '../../../shared/runs/checkpoint.ts';
import type { RunDetail } from '../../../shared/runs/runs.ts';
import type { CheckpointFiles } from '../../checkpoints/files.ts';
import { type PredictionFiles, predictionFiles } from '../../checkpoints/predictions.ts';
import { predictionsOf } from '../../engine/inspect/predictionsOf.ts';
import type { Speeds } from '../../engine/inspect/speed.ts';
import { settled, within } from '../base/waiting.ts';
import { IdleThread, type IdleThreadOptions } from '../threads/idleThread.ts';
import { noCheckpoint } from '../runs/noCheckpoint.ts';
import { requireSameData } from '../runs/resume.ts';
import type { RunBook } from '../runs/runBook.ts';
import type { TestedLogits } from '../runs/testedLogits.ts';
import { requireTraining } from '../runs/trainingProblem.ts';

export interface PredictionsOptions extends IdleThreadOptions {
  readonly book: RunBook;
  readonly files: CheckpointFiles;
  readonly tested: TestedLogits;
  readonly openDataset: (id: string) => Promise<Dataset>;
  readonly findTrainingProblem: () => ProblemRecord | null;
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
  /** The file's size and modification time when it was read; if they are unchanged, so are its bytes. */
  readonly stamp: string;
  readonly found: RunPredictions;
}

/** Largest number of runs in one comparison. */
const mostInMemory = 20;

export class LabPredictions {
  readonly #options: PredictionsOptions;
  readonly #kept: PredictionFiles;
  readonly #known = new Map<string, Known>();
  readonly #underWay = new Map<string, Promise<RunPredictions>>();
  /**
   * Two nets are compared most often, and much of a net's time goes to preparing its graph, which takes one core:
   * with a thread for each, both are prepared at once.
   */
  readonly #threads: readonly IdleThread[];
  /** Number of nets that have been given to a thread. */
  #given = 0;
  #closed = false;

  constructor(options: PredictionsOptions) {
    this.#options = options;
    this.#kept = predictionFiles((run) => options.files.folder(run));
    this.#threads = Array.from({ length: Math.min(2, options.cores) }, () => new IdleThread(options));
  }

  /** Starts the threads and loads the native library, so that the first predictions need not wait for that. */
  prepare(): void {
    if (this.#closed || this.#options.findTrainingProblem()) return;
    for (const thread of this.#threads) {
      if (thread.started) continue;
      // The problem is reported when predictions are asked for.
      thread.ask({ kind: 'prepare' }).catch(() => undefined);
    }
  }

  /** Throws a `Problem` if the run has no such checkpoint, or its data set has changed since. */
  async of(run: number, checkpoint: CheckpointKind): Promise<RunPredictions> {
    const key = `${run}/${checkpoint}`;
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay;
    const found = this.#find(run, checkpoint, key).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, found);
    return found;
  }

  /** Measures the images per second of each run's net, one at a time and many at a time. */
  async speeds(runs: readonly number[], checkpoint: CheckpointKind): Promise<Speeds> {
    const nets = await Promise.all(
      runs.map(async (run) => {
        const { network } = this.#options.book.detail(run);
        const saved = await this.#options.files.peek(run, checkpoint);
        if (!saved) throw noCheckpoint(run);
        return { network, tensors: parametersIn(saved.checkpoint.tensors) };
      }),
    );
    requireTraining(this.#options.findTrainingProblem);
    return (await this.#next().ask({ kind: 'speed', order: { nets } })) as Speeds;
  }

  /** Ends the thread. Pending requests are answered first, for a limited time. */
  async close(): Promise<void> {
    this.#closed = true;
    await within(Promise.all([...this.#underWay.values()].map(settled)), this.#options.patience);
    await Promise.all(this.#threads.map((thread) => thread.close()));
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
    // If the file was replaced between the two reads, its hash would not belong to these tensors.
    if ((await stampOf(path, run)) !== stamp) return this.#find(run, checkpoint, key);
    const { step, epoch, batch } = saved.checkpoint.progress;
    let predictions = await this.#kept.read(run, source);
    if (!predictions) {
      const logits = this.#options.tested.after(run, step);
      predictions = logits
        ? await this.#fromLogits(detail, logits)
        : await this.#compute(detail, parametersIn(saved.checkpoint.tensors));
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

  /** Returns the threads by turns. */
  #next(): IdleThread {
    const thread = this.#threads[this.#given % this.#threads.length];
    this.#given += 1;
    if (!thread) throw new Error('there is no thread');
    return thread;
  }

  async #fromLogits(detail: RunDetail, data: Float32Array): Promise<TestPredictions> {
    const dataset = await this.#options.openDataset(detail.dataset);
    requireSameData(detail, dataset);
    return predictionsOf(data, dataset);
  }

  async #compute(detail: RunDetail, tensors: readonly NamedTensor[]): Promise<TestPredictions> {
    const { findTrainingProblem, openDataset, cores } = this.#options;
    requireTraining(findTrainingProblem);
    const dataset = await openDataset(detail.dataset);
    requireSameData(detail, dataset);
    const { network, settings } = detail;
    const order = { network, settings, dataset, tensors, shards: cores };
    return (await this.#next().ask({ kind: 'classify', order })) as TestPredictions;
  }

  #remember(key: string, known: Known): void {
    this.#known.delete(key);
    this.#known.set(key, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostInMemory && oldest !== undefined) this.#known.delete(oldest);
  }
}

/** Returns the file's size and modification time. */
async function stampOf(path: string, run: number): Promise<string> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return `${size}/${mtimeMs}/${ino}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw noCheckpoint(run);
    throw error;
  }
}
