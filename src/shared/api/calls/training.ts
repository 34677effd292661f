/** The call that estimates how long a training takes. */
import { z } from 'zod';
import { networkSchema } from '../../network/network.ts';
import { trainingSettingsSchema } from '../../training/training.ts';
import { call } from './call.ts';

export const trainingCalls = {
  /**
   * Estimates the duration of a run on this machine from a second of its own steps; the result is remembered for nets
   * and settings of the same cost. A newer request aborts the one before it (`estimate.given-up`), because settings
   * change while they are typed.
   */
  'training.estimate': call(
    z.strictObject({
      network: networkSchema,
      settings: trainingSettingsSchema,
      dataset: z.string().default('mnist'),
      /** Number of cores for the run. */
      threads: z.int().min(1),
    }),
    z.strictObject({
      stepsPerEpoch: z.int(),
      /** Seconds of one epoch: its steps and the evaluation after them. */
      trainSeconds: z.number(),
      testSeconds: z.number(),
      /** Seconds before the first step. */
      startSeconds: z.number(),
      totalSeconds: z.number(),
      /** Bytes that training adds to the process's base memory (`memory.ts`). */
      memoryBytes: z.number(),
      /** Number of other runs in progress during the measurement, which slowed it down; 0 if the machine was idle. */
      beside: z.int(),
    }),
  ),
} as const;
