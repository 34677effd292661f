/** Calls and events of training beside starting, pausing and stopping: steering a run that trains, and its log. */
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

  /** The runs that wait for a place, in the order in which they will get one. */
  'queue.list': call(z.strictObject({}), queueSchema),
  /** Puts a waiting run before another one, or at the end of the line. */
  'queue.move': call(z.strictObject({ run, before: run.nullable() }), queueSchema),
  /** A waiting run begins at once, beside those that are at work and whatever it was to wait for. */
  'queue.startNow': call(z.strictObject({ run }), runSummarySchema),

  /**
   * How long a run would take here, by a second of its own steps, which is remembered for nets and settings of the same
   * cost. A newer question gives the one before it up (`estimate.given-up`): settings change while they are typed.
   */
  'training.estimate': call(
    z.strictObject({
      network: networkSchema,
      settings: trainingSettingsSchema,
      dataset: z.string().default('mnist'),
      /** Cores that the run is to have. */
      threads: z.int().min(1),
    }),
    z.strictObject({
      stepsPerEpoch: z.int(),
      /** Seconds of one epoch: its steps and the evaluation after them. */
      trainSeconds: z.number(),
      testSeconds: z.number(),
      /** Before the first step. */
      startSeconds: z.number(),
      totalSeconds: z.number(),
      /** Bytes that training adds to what the process needs anyway (`memory.ts`). */
      memoryBytes: z.number(),
      /** Runs that were at work while it was measured, and slowed it down; 0 where it had the machine to itself. */
      beside: z.int(),
    }),
  ),
  /** What augmentation makes of an image, by the nodes that a run is trained with. */
  'augmentation.preview': call(
    z.strictObject({
      dataset: z.string().default('mnist'),
      augmentation: augmentationSchema,
      /** Of the training images. */
      index: z.int().min(0),
      count: z.int().min(1).max(64).default(8),
      /** Others come with another one. */
      seed: z.int().min(0).max(0x7fffffff).default(0),
    }),
    z.strictObject({
      label: z.int(),
      /** 1 and `count` images × channels × height × width; pixels in [0, 1], and beyond where there is noise. */
      original: tensorSchema,
      variants: tensorSchema,
    }),
  ),
} as const;

export const trainEvents = {
  /** Something was written into a run's log. */
  'run.event': z.strictObject({ run: z.int(), event: runEventSchema }),
  /** The runs that wait, in their order. */
  'queue.changed': queueSchema,
} as const;
