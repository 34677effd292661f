/** Kept drawings with their intended class: a test set of the user's own. */
import { z } from 'zod';

/** Largest number of drawings in a data set's test set. */
export const mostDrawings = 10_000;

/** Names the kept drawings where a run is evaluated on a data set: those for the nets of the run's own. */
export const drawingsId = 'drawings';

const float32: z.ZodType<Float32Array> = z.instanceof(Float32Array);

export const drawingSchema = z.strictObject({
  id: z.int().positive(),
  /** Index of the intended class. */
  label: z.int().min(0),
  /** Channel by channel, row by row, in [0, 1] by steps of 1/255. */
  pixels: float32,
  createdAt: z.string(),
});
export type Drawing = z.infer<typeof drawingSchema>;
