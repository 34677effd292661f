/** The call that shows what augmentation does to an image. */
import { z } from 'zod';
import { tensorSchema } from '../../inspect/inspection.ts';
import { augmentationSchema } from '../../training/training.ts';
import { call } from './call.ts';

export const augmentationCalls = {
  /** Augments an image by the same nodes that a run is trained with. */
  'augmentation.preview': call(
    z.strictObject({
      dataset: z.string().default('mnist'),
      augmentation: augmentationSchema,
      /** Index among the training images. */
      index: z.int().min(0),
      count: z.int().min(1).max(64).default(8),
      /** Another seed gives other random changes. */
      seed: z.int().min(0).max(0x7fffffff).default(0),
    }),
    z.strictObject({
      label: z.int(),
      /** 1 and `count` images × channels × height × width; pixels in [0, 1], and beyond with noise. */
      original: tensorSchema,
      variants: tensorSchema,
    }),
  ),
} as const;
