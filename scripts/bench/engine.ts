/**
 * Stride's engine as a contestant: each net in the worker that the lab starts for a run, paused between
 * epochs. It trains one net, or several in one process, concurrently or one after another.
 *
 * While it gets ready it trains a first epoch, because a run starts automatically.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { openDataset } from '../../src/main/datasets/index.ts';
import { setNativeEnvironment } from '../../src/main/engine/native/environment.ts';
import { countSent, newMailbox } from '../../src/main/engine/train/mailbox.ts';
import type {
  FromWorker,
  ToWorker,
  TrainingOrder,
  WorkerStart,
} from '../../src/main/engine/train/messages.ts';
import { shortened } from '../../src/shared/datasets/shortened.ts';
import type { EpochRecord } from '../../src/shared/runs/runs.ts';
import { trainingSettingsSchema } from '../../src/shared/training/training.ts';
import type { Extent } from './messages.ts';
import { toWhole } from './hosts.ts';
import { type KeepState, stateKeeper } from './keptStates.ts';
import { serve } from './serve.ts';
import { netNamed } from './typical.ts';

export interface EngineOptions extends Extent {
  /** Names of presets or of `typical.ts`'s nets. */
  readonly networks: readonly string[];
  readonly shards: number;
  /** Number of images in a batch; the course's 64 if left out. */
  readonly batchSize?: number;
  /** Whether the nets train concurrently instead of one after another. */
  readonly atOnce?: boolean;
  /** Whether Stride's measurements during training are on, which is the default. */
  readonly measure?: boolean;
  /** Keeps each epoch's state while the next one trains, and reports the seconds of that instead of the epoch's. */
  readonly keepStates?: boolean;
}

const workerUrl = new URL('../../src/main/engine/worker.ts', import.meta.url);

/** A run that is paused until it is told to train an epoch. */
class PausedRun {
  tensorflow = '';
  record: EpochRecord | undefined;
  /** Seconds from epoch to epoch, without pauses and evaluation. */
  seconds = NaN;

  /** Seconds that keeping the epoch's state took. */
  kept = NaN;

  readonly #worker: Worker;
  readonly #mailbox = newMailbox();
  readonly #keep: KeepState | null;
  #turn = Promise.withResolvers<void>();
  #lastEpoch = NaN;
  #pausedAt = NaN;
  #paused = 0;

  constructor(order: TrainingOrder, keep: KeepState | null) {
    this.#keep = keep;
    this.#worker = new Worker(workerUrl, {
      workerData: { ...order, mailbox: this.#mailbox } satisfies WorkerStart,
    });
    this.#worker.on('message', (message: FromWorker) => this.#take(message, performance.now()));
    this.#worker.on('error', (error) => this.#turn.reject(error));
    this.#worker.on('exit', (code) =>
      this.#turn.reject(new Error(`the worker ended with exit code ${code}`)),
    );
  }

  /** Trains an epoch and resolves when the run is paused again. The first epoch starts automatically. */
  epoch(): Promise<void> {
    if (this.record) {
      this.#turn = Promise.withResolvers();
      this.#send({ kind: 'continue' });
    }
    return this.#turn.promise;
  }

  /** The run goes on meanwhile. */
  async #keepState({ record, checkpoint }: Extract<FromWorker, { kind: 'epoch' }>): Promise<void> {
    if (this.#keep) this.kept = await this.#keep(record.epoch, checkpoint);
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
    countSent(this.#mailbox);
  }

  #take(message: FromWorker, now: number): void {
    switch (message.kind) {
      case 'started':
        this.tensorflow = message.tensorflow;
        this.#lastEpoch = now;
        break;
      case 'epoch':
        // The pause takes effect in the next epoch's first steps, which count in this turn instead of the
        // next.
        void this.#keepState(message).then(
          () => this.#send({ kind: 'pause' }),
          (error: unknown) => this.#turn.reject(error),
        );
        this.seconds = (now - this.#lastEpoch - this.#paused) / 1000 - message.record.testSeconds;
        this.record = message.record;
        this.#lastEpoch = now;
        this.#paused = 0;
        break;
      case 'paused':
        this.#pausedAt = now;
        this.#turn.resolve();
        break;
      case 'continued':
        this.#paused += now - this.#pausedAt;
        break;
      case 'failed':
        this.#turn.reject(new Error(message.problem.message));
        break;
      default:
    }
  }
}

await serve<EngineOptions>(async (options) => {
  const { networks, shards, batchSize = 64, atOnce = false, measure = true, keepStates, ...extent } = options;
  setNativeEnvironment(availableParallelism());
  const dataset = shortened(await openDataset('mnist'), extent.trainImages, extent.testImages);
  const runs: PausedRun[] = [];
  for (const name of networks) {
    const settings = trainingSettingsSchema.parse({ measure, batchSize, epochs: 10_000 });
    const order = { network: netNamed(name), settings, dataset, shards, from: null };
    const run = new PausedRun(order, keepStates ? stateKeeper() : null);
    await run.epoch();
    runs.push(run);
  }
  const [first] = runs;
  const accuracy = () => {
    const { testCorrect = NaN, testTotal = NaN } = (runs.length === 1 && first?.record) || {};
    return runs.length === 1 ? { accuracy: testCorrect / testTotal } : {};
  };
  return {
    ready: { versions: { TensorFlow: first?.tensorflow ?? '' }, ...accuracy() },
    async epoch() {
      const began = performance.now();
      if (atOnce) await Promise.all(runs.map((run) => run.epoch()));
      else for (const run of runs) await run.epoch();
      const wall = (performance.now() - began) / 1000;
      if (keepStates && first) return { seconds: toWhole(first.kept, extent.trainImages) };
      return { seconds: runs.length === 1 && first ? first.seconds : wall, ...accuracy() };
    },
  };
});
