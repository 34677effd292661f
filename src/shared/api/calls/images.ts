/** The original images of a data set, for display. */
import { z } from 'zod';

/** Largest number of images in one call: a screenful. */
export const mostImagesShown = 256;

const uint8: z.ZodType<Uint8Array> = z.instanceof(Uint8Array);

export const imagesSchema = z.strictObject({
  height: z.int(),
  width: z.int(),
  channels: z.int(),
  /** One image after another, in the requested order: height × width × channels each. */
  pixels: uint8,
  labels: z.array(z.int()),
});
export type DatasetImages = z.infer<typeof imagesSchema>;

export const imageCalls = {
  /** Returns images by their index in the training or the test set, from 0. */
  'datasets.images': {
    request: z.strictObject({
      dataset: z.string(),
      part: z.enum(['train', 'test']),
      indices: z.array(z.int().min(0)).min(1).max(mostImagesShown),
    }),
    reply: imagesSchema,
  },
} as const;
