/** The calls that compare runs by their predictions on the same test images. */
import { z } from 'zod';
import { comparisonSchema, mostCompared } from '../../compare/comparison.ts';
import { checkpointKindSchema, inspectedSchema, tensorSchema } from '../../inspect/inspection.ts';
import { misfitMessage } from '../../misfits/misfitMessage.ts';
import { call } from './call.ts';

const id = z.int().positive();
const nothing = z.strictObject({});
const checkpoint = checkpointKindSchema.default('last');

/** Two to twenty different runs. */
const compared = z
  .array(id)
  .min(2)
  .max(mostCompared)
  .refine((runs) => new Set(runs).size === runs.length, misfitMessage('repeated'));

export const compareCalls = {
  /**
   * Prepares for predictions: a caller that is about to choose runs need not wait for the native library afterwards.
   */
  'compare.prepare': call(nothing, nothing),
  /** Returns every run's accuracy and every pair's verdict, on each run's newest or best checkpoint. */
  'compare.runs': call(z.strictObject({ runs: compared, checkpoint }), comparisonSchema),
  /**
   * Returns the predictions of a run's checkpoint for each test image; they are computed once and kept beside the
   * checkpoint.
   */
  'compare.predictions': call(
    z.strictObject({ run: id, checkpoint }),
    z.strictObject({
      of: inspectedSchema,
      /** One class per image, in the test set's order. */
      labels: z.array(z.int()),
      predictions: z.array(z.int()),
      /** Images × classes. */
      probabilities: tensorSchema,
    }),
  ),
  /**
   * Measures the images per second of each run's net on this machine, alternating between the nets: one image at a
   * time, and 64 at a time.
   */
  'compare.speed': call(
    z.strictObject({ runs: z.array(id).min(1).max(mostCompared), checkpoint }),
    z.strictObject({
      speeds: z.array(z.strictObject({ run: id, one: z.number(), many: z.number() })),
      /** Number of runs that were training meanwhile, which slows all of them down. */
      beside: z.int(),
    }),
  ),
} as const;
