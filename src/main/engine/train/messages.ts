/**
 * Messages between a training worker and its owner: one union per direction, plain data, with arrays
 * transferred if the sender no longer needs them. A worker trains one run; one that stays trains another when
 * it receives an order.
 */
import type { Checkpoint } from '../../../shared/runs/checkpoint.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import type { Network } from '../../../shared/network/network.ts';
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import type { EpochRecord, RunningLoss } from '../../../shared/runs/runs.ts';
import type { KernelSource, KernelTimes } from '../../../shared/training/kernels.ts';
import type { Mailbox } from './mailbox.ts';
import type { LearningRateChange, TrainingSettings } from '../../../shared/training/training.ts';

/** A run to train from its start or from a checkpoint. */
export interface TrainingOrder {
  readonly network: Network;
  readonly settings: TrainingSettings;
  readonly dataset: Dataset;
  /**
   * Number of shards of a batch, computed in parallel on the free cores. A resumed run keeps its own number.
   */
  readonly shards: number;
  /**
   * Whose convolutions a run from the seed is trained with, so that it repeats another one, or because they are known to
   * be the faster ones; a measurement chooses if left out. A resumed run keeps its own.
   */
  readonly kernels?: KernelSource;
  /** Checkpoint to continue from, or null to start from the seed. */
  readonly from: Checkpoint | null;
  /**
   * Changes of the base learning rate that are known beforehand: those made after the checkpoint was written,
   * so that the run repeats the same steps. They replace the checkpoint's change at the same step.
   */
  readonly learningRates?: readonly LearningRateChange[];
  /** Seconds of an epoch after which a checkpoint is posted within it; 30 if left out. */
  readonly checkpointSeconds?: number;
}

/** `workerData` of a worker that only loads TensorFlow, for the others of its process. */
export interface LoadStart {
  readonly load: true;
}

/**
 * `workerData` of a training worker, which starts at once. With `stay` it waits for `order` or `leave` after
 * its last message.
 */
export interface WorkerStart extends TrainingOrder {
  readonly stay?: boolean;
  /**
   * Counts the messages to this worker, all of which its owner must count. Without it, fewer steps share one call, so that
   * messages need not wait long.
   */
  readonly mailbox?: Mailbox;
}

export type ToWorker =
  /** These take effect between two steps (or between two batches of an evaluation). */
  | { readonly kind: 'pause' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'stop' }
  /** Stops at the end of the current epoch, or cancels that request. */
  | { readonly kind: 'finishEpoch'; readonly wanted: boolean }
  /** Sets the base learning rate from the next step on; answered by `learningRate`, also in a pause. */
  | { readonly kind: 'learningRate'; readonly learningRate: number }
  /** Starts another run at once; for a worker that has stayed. */
  | { readonly kind: 'order'; readonly order: TrainingOrder }
  /** Ends a worker that stays, after its current run. */
  | { readonly kind: 'leave' };

/** Kinds of message after which the worker reports nothing more about a run. */
export const lastKinds: readonly FromWorker['kind'][] = ['stopped', 'finished', 'failed'];

export type FromWorker =
  /** The graph is compiled and loaded; the first step comes next. */
  | {
      readonly kind: 'started';
      readonly tensorflow: string;
      readonly kernels: KernelSource;
      /** The measurement that chose them, if there was one. */
      readonly kernelTimes?: KernelTimes;
      readonly stepsPerEpoch: number;
    }
  /** Losses of the steps starting at `from` (counted from 0), posted a few times per second. */
  | {
      readonly kind: 'batchLosses';
      readonly from: number;
      readonly losses: Float32Array;
      readonly imagesPerSecond: number;
    }
  | { readonly kind: 'runningLoss'; readonly record: RunningLoss }
  /** `logits` are those of all test images (images × classes, row-major), unless they are too many. */
  | {
      readonly kind: 'epoch';
      readonly record: EpochRecord;
      readonly checkpoint: Checkpoint;
      readonly logits: Float32Array | undefined;
    }
  /** Posted within a long epoch, so that the whole epoch is not lost with the process. */
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
  /** Last message of a run that cannot continue. */
  | { readonly kind: 'failed'; readonly problem: ProblemRecord };
