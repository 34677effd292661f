/** Drawings that are kept with the class that was meant: a test set of one's own. */
import { z } from 'zod';

/** In a data set's test set of drawings. */
export const mostDrawings = 10_000;

const float32: z.ZodType<Float32Array> = z.instanceof(Float32Array);

export const drawingSchema = z.strictObject({
  id: z.int().positive(),
  /** The class that was meant, by its number. */
  label: z.int().min(0),
  /** Channel by channel, row by row, in [0, 1] by steps of 1/255. */
  pixels: float32,
  createdAt: z.string(),
});
export type Drawing = z.infer<typeof drawingSchema>;
