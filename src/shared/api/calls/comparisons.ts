/** The calls for comparisons that are kept under a name. */
import { z } from 'zod';
import { keptComparisonSchema } from '../../compare/comparison.ts';
import { call } from './call.ts';

const id = z.int().positive();
const nothing = z.strictObject({});

export const comparisonCalls = {
  /** Returns comparisons that were given a name, newest first. */
  'comparisons.list': call(nothing, z.array(keptComparisonSchema)),
  /** Keeps a comparison under a name; with `id` it replaces that one. */
  'comparisons.save': call(
    keptComparisonSchema.omit({ id: true, updatedAt: true }).extend({ id: id.optional() }),
    keptComparisonSchema,
  ),
  'comparisons.delete': call(z.strictObject({ id }), nothing),
} as const;
