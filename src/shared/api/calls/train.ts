/** Calls and events of training other than starting, pausing and stopping: steering a run in training, and its log. */
import { z } from 'zod';
import { tensorSchema } from '../../inspect/inspection.ts';
import { networkSchema } from '../../network/network.ts';
import { runEventSchema } from '../../runs/runEvents.ts';
import { runSummarySchema } from '../../runs/runs.ts';
import {
  augmentationSchema,
  learningRateChangeSchema,
  trainingSettingsSchema,
} from '../../training/training.ts';
import { call } from './call.ts';

const run = z.int().positive();
const queueSchema = z.array(run);

export const trainCalls = {
  /** Stops the run, with a checkpoint, at the end of the current epoch; `wanted: false` cancels that. */
  'runs.finishEpoch': call(z.strictObject({ run, wanted: z.boolean().default(true) }), runSummarySchema),
  /**
   * Changes the base learning rate from the next step on (`schedule.ts`), for a run that is training or paused. The
   * change is made and recorded when this returns: a run that resumes from an earlier checkpoint repeats it at the same
   * step.
   */
  'runs.setLearningRate': call(
    z.strictObject({ run, learningRate: learningRateChangeSchema.shape.learningRate }),
    runSummarySchema,
  ),
  /** Returns the run's log, in order. */
  'runs.events': call(z.strictObject({ run }), z.array(runEventSchema)),

  /** Returns the queued runs, in the order in which they will start. */
  'queue.list': call(z.strictObject({}), queueSchema),
  /** Moves a queued run before another one, or to the end of the queue. */
  'queue.move': call(z.strictObject({ run, before: run.nullable() }), queueSchema),
  /** Starts a queued run at once, in parallel with those in progress and whatever it was to wait for. */
  'queue.startNow': call(z.strictObject({ run }), runSummarySchema),

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

export const trainEvents = {
  /** An entry was added to a run's log. */
  'run.event': z.strictObject({ run: z.int(), event: runEventSchema }),
  /** The queued runs, in their order. */
  'queue.changed': queueSchema,
} as const;
