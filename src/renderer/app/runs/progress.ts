/** The progress of a run, from its summary and from the steps whose losses have arrived, whichever is further. */
import type { RunSummary } from '../../../shared/runs/runs.ts';

export interface RunProgress {
  readonly steps: number;
  readonly totalSteps: number;
  /** The current epoch, from 1, or the last one; and the batches done in it. */
  readonly epoch: number;
  readonly batch: number;
}

type Run = Pick<RunSummary, 'step' | 'stepsPerEpoch' | 'settings' | 'status'>;

export function progressOf(run: Run, stepsSeen: number): RunProgress {
  const { stepsPerEpoch } = run;
  const totalSteps = stepsPerEpoch * run.settings.epochs;
  const steps = Math.min(totalSteps, Math.max(run.step, stepsSeen));
  const epoch = Math.min(run.settings.epochs, Math.floor(steps / stepsPerEpoch) + 1);
  return { steps, totalSteps, epoch, batch: steps - (epoch - 1) * stepsPerEpoch };
}
