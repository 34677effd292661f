/** Common parts of the built hosts as contestants: they train on all of MNIST, in runs of six epochs. */
import type { EpochRecord } from '../../src/shared/runs/runs.ts';
import type { EpochDone, Extent } from './messages.ts';

export interface HostOptions extends Extent {
  /** Name of a preset. */
  readonly network: string;
}

/**
 * Converts seconds into what the bench expects: seconds for a part of the images, which it scales to the
 * whole.
 */
export const toWhole = (seconds: number, trainImages: number): number => (seconds * trainImages) / 60_000;

/**
 * The first two epochs do not count: they include preparation, and in the window its way to the run's page. An epoch
 * takes little more than a second, so the median of the other four does.
 */
export const epochsOfRun = 6;

export function hostEpoch(
  epochs: readonly Pick<EpochRecord, 'trainSeconds' | 'testCorrect' | 'testTotal'>[],
  trainImages: number,
): Omit<EpochDone, 'kind'> {
  const [first, , ...later] = epochs;
  if (!first || epochs.length !== epochsOfRun)
    throw new Error(`a run of ${epochsOfRun} epochs has ${epochs.length}`);
  const seconds = later.map(({ trainSeconds }) => trainSeconds).sort((a, b) => a - b);
  const median = ((seconds[1] as number) + (seconds[2] as number)) / 2;
  return {
    seconds: toWhole(median, trainImages),
    accuracy: first.testCorrect / first.testTotal,
  };
}
