/** The calls that start, control and list sweeps. */
import { z } from 'zod';
import { sweepDetailSchema, sweepSchema, sweepSummarySchema } from '../../sweeps/sweeps.ts';
import { call } from './call.ts';

const sweep = z.strictObject({ sweep: z.int().positive() });

export const sweepCalls = {
  /**
   * Starts a set of runs, `workers` at a time (by default one per core, which is also the most). If one of its runs
   * cannot be trained, the whole set is refused by a problem that names the combination.
   */
  'sweeps.start': call(
    z.strictObject({ sweep: sweepSchema, workers: z.int().min(1).max(1024).optional() }),
    sweepSummarySchema,
  ),
  /** Returns sweeps newest first. */
  'sweeps.list': call(
    z.strictObject({ limit: z.int().min(1).max(1000).default(100), offset: z.int().min(0).default(0) }),
    z.strictObject({ sweeps: z.array(sweepSummarySchema), total: z.int() }),
  ),
  /** Returns a sweep with mean and spread of every combination over its seeds. */
  'sweeps.get': call(sweep, sweepDetailSchema),
  /** Takes effect between two steps; the checkpoints of its runs are on disk when this returns. */
  'sweeps.pause': call(sweep, sweepSummarySchema),
  /** Resumes runs that were begun from their checkpoints, and starts the others. */
  'sweeps.resume': call(sweep, sweepSummarySchema),
  /** Stops its runs, each with a checkpoint, and starts no more. The sweep can still be resumed. */
  'sweeps.cancel': call(sweep, sweepSummarySchema),
} as const;

export const sweepEvents = {
  /** A sweep was created, its status changed, or one of its runs changed. */
  'sweep.changed': sweepSummarySchema,
} as const;
