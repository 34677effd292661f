/**
 * The state of a run that a figure reads in addition to its trace: reactive numbers, so that the figure follows while
 * the run trains.
 */
import type { EpochRecord, RunningLoss } from '../../shared/runs/runs.ts';

export interface GrowingRun {
  /** Number of steps whose loss is known. */
  readonly steps: number;
  readonly epochs: readonly EpochRecord[];
  readonly runningLosses: readonly RunningLoss[];
  /** The running loss at the last known step. */
  readonly runningLoss: number | null;
}
