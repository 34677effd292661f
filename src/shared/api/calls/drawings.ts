/** The calls for drawings that are kept as a test set. */
import { z } from 'zod';
import { drawingSchema } from '../../inspect/drawing/drawings.ts';
import { call } from './call.ts';

export const drawingCalls = {
  /** Returns the drawings kept for a data set's nets, oldest first. */
  'drawings.list': call(z.strictObject({ dataset: z.string() }), z.array(drawingSchema)),
  'drawings.save': call(
    drawingSchema.omit({ id: true, createdAt: true }).extend({ dataset: z.string() }),
    drawingSchema,
  ),
  'drawings.delete': call(z.strictObject({ id: z.int().positive() }), z.strictObject({})),
} as const;
