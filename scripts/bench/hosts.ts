/** What the built hosts have in common as contestants: they train on the whole of MNIST, in runs of two epochs. */
import type { EpochRecord } from '../../src/shared/runs/runs.ts';
import type { EpochDone, Extent } from './messages.ts';

export interface HostOptions extends Extent {
  /** A preset. */
  readonly network: string;
}

/** Seconds as the bench expects them: of a part of the images, which it scales to the whole. */
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
