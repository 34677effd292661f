/** Number of images that an epoch of a run trains on. */
import type { EpochRecord } from '../../../shared/runs/runs.ts';
import type { TrainingSettings } from '../../../shared/training/training.ts';

/**
 * Returns `trainCount` minus the held-out images: as many as the first epoch counted; before that, as many as their
 * fraction gives, corrected by the number of batches. If the data set is unknown, whole batches are assumed.
 */
export function imagesPerEpoch(
  trainCount: number | undefined,
  { batchSize, validation }: Pick<TrainingSettings, 'batchSize' | 'validation'>,
  stepsPerEpoch: number,
  epochs: readonly EpochRecord[],
): number {
  const most = stepsPerEpoch * batchSize;
  if (trainCount === undefined) return most;
  const counted = epochs[0]?.details?.validation?.total;
  const held = counted ?? Math.round(trainCount * (validation?.fraction ?? 0));
  return Math.min(most, Math.max(most - batchSize + 1, trainCount - held));
}
