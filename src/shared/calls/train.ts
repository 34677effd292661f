/** Calls and events of training beside starting, pausing and stopping: steering a run that trains, and its log. */
import { z } from 'zod';
import { runEventSchema } from '../runEvents.ts';
import { runSummarySchema } from '../runs.ts';
import { learningRateChangeSchema } from '../training.ts';
import { call } from './call.ts';

const run = z.int().positive();

export const trainCalls = {
  /** The run stops, with a checkpoint, at the end of the epoch under way; `wanted: false` takes that back. */
  'runs.finishEpoch': call(z.strictObject({ run, wanted: z.boolean().default(true) }), runSummarySchema),
  /**
   * Another base learning rate, from the next step on (`schedule.ts`); of a run that is training or paused. The change is
   * made and kept when this returns: a run that goes on from an earlier checkpoint makes it at the same step again.
   */
  'runs.setLearningRate': call(
    z.strictObject({ run, learningRate: learningRateChangeSchema.shape.learningRate }),
    runSummarySchema,
  ),
  /** The run's log, in order. */
  'runs.events': call(z.strictObject({ run }), z.array(runEventSchema)),
} as const;

export const trainEvents = {
  /** Something was written into a run's log. */
  'run.event': z.strictObject({ run: z.int(), event: runEventSchema }),
} as const;
