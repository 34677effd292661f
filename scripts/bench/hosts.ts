/** Common parts of the built hosts as contestants: they train on all of MNIST, in runs of two epochs. */
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

export function hostEpoch(
  epochs: readonly Pick<EpochRecord, 'trainSeconds' | 'testCorrect' | 'testTotal'>[],
  trainImages: number,
): Omit<EpochDone, 'kind'> {
  const [first, second] = epochs;
  if (!first || !second) throw new Error(`a run of two epochs has ${epochs.length}`);
  return {
    seconds: toWhole(second.trainSeconds, trainImages),
    accuracy: first.testCorrect / first.testTotal,
  };
}
