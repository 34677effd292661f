/** The calls that compute something over the whole test set. They take seconds, once: the answers are kept. */
import { z } from 'zod';
import { embeddingSchema } from '../../inspect/embedding.ts';
import { checkpointKindSchema, inspectedSchema } from '../../inspect/inspection.ts';
import { distortionSchema, robustnessSchema } from '../../inspect/robustness.ts';
import { unitSurveySchema } from '../../inspect/survey.ts';
import { call } from './call.ts';

/** The caller's name for the work, which its progress events and its cancellation refer to. */
const ticket = z.string().min(1).max(100);

const request = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject({
    ticket,
    run: z.int().positive(),
    checkpoint: checkpointKindSchema.default('last'),
    /** The state at this epoch's end instead of a checkpoint, as in `inspect.*`. */
    epoch: z.int().min(0).optional(),
    ...shape,
  });

export const testSetCalls = {
  /** Returns what every unit does on all test images, with the images that make its output largest. */
  'testSet.units': call(request({}), unitSurveySchema.extend({ of: inspectedSchema })),
  /** Returns the principal components of what the net's last layer is given for each test image. */
  'testSet.embedding': call(request({}), embeddingSchema.extend({ of: inspectedSchema })),
  /** Returns how many test images the net gets right when all of them are changed, by strength. */
  'testSet.robustness': call(
    request({ distortion: distortionSchema }),
    robustnessSchema.extend({ of: inspectedSchema }),
  ),
  /** Cancels work, which is then refused with `inspect.cancelled`. Does nothing if it has ended. */
  'testSet.cancel': call(z.strictObject({ ticket }), z.strictObject({})),
} as const;

export const testSetEvents = {
  'testSet.progress': z.strictObject({ ticket, done: z.int(), total: z.int() }),
} as const;
