/** The queue of runs that wait for their turn. */
import { z } from 'zod';
import { runSummarySchema } from '../../runs/runs.ts';
import { call } from './call.ts';

const run = z.int().positive();
const queueSchema = z.array(run);

export const queueCalls = {
  /** Returns the queued runs, in the order in which they will start. */
  'queue.list': call(z.strictObject({}), queueSchema),
  /** Moves a queued run before another one, or to the end of the queue. */
  'queue.move': call(z.strictObject({ run, before: run.nullable() }), queueSchema),
  /** Starts a queued run at once, in parallel with those in progress and whatever it was to wait for. */
  'queue.startNow': call(z.strictObject({ run }), runSummarySchema),
} as const;

export const queueEvents = {
  /** The queued runs, in their order. */
  'queue.changed': queueSchema,
} as const;
