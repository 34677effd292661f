/**
 * What a training worker and its owner say to each other: one union each way, plain data, arrays transferred where
 * the sender is done with them. A worker trains one run; one that is to stay trains another when it is given one.
 */
import type { Checkpoint } from '../../../shared/runs/checkpoint.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import type { Network } from '../../../shared/network/network.ts';
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import type { EpochRecord, RunningLoss } from '../../../shared/runs/runs.ts';
import type { LearningRateChange, TrainingSettings } from '../../../shared/training/training.ts';

/** One run, or what is left of it. */
export interface TrainingOrder {
  readonly network: Network;
  readonly settings: TrainingSettings;
  readonly dataset: Dataset;
  /** Parts of a batch that are worked on side by side: the cores that are free. A resumed run keeps its own. */
  readonly shards: number;
  /** Where to go on, or null to start from the seed. */
  readonly from: Checkpoint | null;
  /**
   * Changes of the base learning rate that are known beforehand: those that somebody made after the checkpoint was
   * written, so that the run comes to the same again. They take the place of the checkpoint's at the same step.
   */
  readonly learningRates?: readonly LearningRateChange[];
  /** Seconds of an epoch after which a checkpoint is given within it; 30 where nothing is said. */
  readonly checkpointSeconds?: number;
}

/** The worker's `workerData`: it starts at once, and with `stay` waits for an `order` or `leave` after its last message. */
export interface WorkerStart extends TrainingOrder {
  readonly stay?: boolean;
}

export type ToWorker =
  /** Each takes effect between two steps (or between two batches of an evaluation). */
  | { readonly kind: 'pause' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'stop' }
  /** Stop at the end of the epoch that is under way; or, after all, do not. */
  | { readonly kind: 'finishEpoch'; readonly wanted: boolean }
  /** The base learning rate from the next step on; answered by `learningRate`, in a pause too. */
  | { readonly kind: 'learningRate'; readonly learningRate: number }
  /** To a worker that has stayed; it starts at once. */
  | { readonly kind: 'order'; readonly order: TrainingOrder }
  /** To a worker that is to stay: it ends, after the run that it is at. */
  | { readonly kind: 'leave' };

/** After one of these the worker says no more of a run. */
export const lastKinds: readonly FromWorker['kind'][] = ['stopped', 'finished', 'failed'];

export type FromWorker =
  /** The graph is compiled and loaded; the first step comes next. */
  | { readonly kind: 'started'; readonly tensorflow: string; readonly stepsPerEpoch: number }
  /** Losses of the steps from `from` (counted from 0) on; a few messages a second. */
  | {
      readonly kind: 'batchLosses';
      readonly from: number;
      readonly losses: Float32Array;
      readonly imagesPerSecond: number;
    }
  | { readonly kind: 'runningLoss'; readonly record: RunningLoss }
  | { readonly kind: 'epoch'; readonly record: EpochRecord; readonly checkpoint: Checkpoint }
  /** Within a long epoch, so that not all of it is lost with the process. */
  | { readonly kind: 'checkpoint'; readonly checkpoint: Checkpoint }
  /** The worker waits for `continue` or `stop`. Batch losses up to here were sent before. */
  | { readonly kind: 'paused'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'continued' }
  /** The change has been made; `before` was the base learning rate until then. */
  | { readonly kind: 'learningRate'; readonly change: LearningRateChange; readonly before: number }
  /** Last message of a stopped run. */
  | { readonly kind: 'stopped'; readonly checkpoint: Checkpoint }
  /** Last message of a run that did all its epochs. */
  | { readonly kind: 'finished' }
  /** Last message of a run that cannot go on. */
  | { readonly kind: 'failed'; readonly problem: ProblemRecord };
