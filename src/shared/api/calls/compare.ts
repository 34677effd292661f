/** The calls by which runs are compared: what they make of the same test images. */
import { z } from 'zod';
import { comparisonSchema, keptComparisonSchema, mostCompared } from '../../compare/comparison.ts';
import { checkpointKindSchema, inspectedSchema, tensorSchema } from '../../inspect/inspection.ts';
import { misfitMessage } from '../../misfits/misfit.ts';
import { call } from './call.ts';

const id = z.int().positive();
const nothing = z.strictObject({});
const checkpoint = checkpointKindSchema.default('last');

/** From two to twenty, each once. */
const compared = z
  .array(id)
  .min(2)
  .max(mostCompared)
  .refine((runs) => new Set(runs).size === runs.length, misfitMessage('repeated'));

export const compareCalls = {
  /** Gets ready to predict: whoever is about to choose runs need not wait for the native library afterwards. */
  'compare.prepare': call(nothing, nothing),
  /** Every run's accuracy and every pair's verdict, on each run's newest checkpoint or on its best one. */
  'compare.runs': call(z.strictObject({ runs: compared, checkpoint }), comparisonSchema),
  /** What a run's checkpoint makes of each test image; computed once and kept beside the checkpoint. */
  'compare.predictions': call(
    z.strictObject({ run: id, checkpoint }),
    z.strictObject({
      of: inspectedSchema,
      /** A class an image, in the test set's order. */
      labels: z.array(z.int()),
      predictions: z.array(z.int()),
      /** Images × classes. */
      probabilities: tensorSchema,
    }),
  ),
  /** Images a second of each run's net on this machine, measured turn about: one at a time, and 64 at a time. */
  'compare.speed': call(
    z.strictObject({ runs: z.array(id).min(1).max(mostCompared), checkpoint }),
    z.strictObject({
      speeds: z.array(z.strictObject({ run: id, one: z.number(), many: z.number() })),
      /** Runs that were training meanwhile, which slows all of them down. */
      beside: z.int(),
    }),
  ),
  /** Comparisons that were given a name, the newest first. */
  'comparisons.list': call(nothing, z.array(keptComparisonSchema)),
  /** Keeps one under a name; with `id` it takes that one's place. */
  'comparisons.save': call(
    keptComparisonSchema.omit({ id: true, updatedAt: true }).extend({ id: id.optional() }),
    keptComparisonSchema,
  ),
  'comparisons.delete': call(z.strictObject({ id }), nothing),
} as const;
