/**
 * The contract between a window (or a terminal) and the lab: every call with its request and reply, every event with
 * its payload. `lab/` implements it and transports carry it without interpreting it; payloads are checked against these
 * schemas where they enter, in one place (`lab/dispatch.ts`).
 *
 * Bulk numbers travel as Float32Array: structured clone carries it in Electron, MessagePack over the WebSocket.
 */
import { z } from 'zod';
import { compareCalls } from './calls/compare.ts';
import { datasetCalls, datasetEvents } from './calls/datasets.ts';
import { inspectCalls } from './calls/inspect.ts';
import { imageCalls } from './calls/images.ts';
import { preferenceCalls, preferenceEvents } from './calls/preferences.ts';
import { networkCalls, networkEvents } from './calls/networks.ts';
import { recoveryCalls } from './calls/recovery.ts';
import { runCalls, runEvents } from './calls/runs.ts';
import { modelCalls } from './calls/models.ts';
import { datasetSummarySchema } from '../datasets/dataset.ts';
import { call } from './calls/call.ts';
import { trainCalls, trainEvents } from './calls/train.ts';
import { networkSchema } from '../network/network.ts';
import { mostTags, runNameSchema, tagSchema } from '../runs/runOrganisation.ts';
import {
  clockReadingSchema,
  epochRecordSchema,
  machineSchema,
  problemRecordSchema,
  runDetailSchema,
  runSummarySchema,
  runningLossSchema,
  versionsSchema,
} from '../runs/runs.ts';
import { sweepDetailSchema, sweepSchema, sweepSummarySchema } from '../sweeps/sweeps.ts';
import { learningRateChangeSchema, trainingSettingsSchema } from '../training/training.ts';

const nothing = z.strictObject({});
const run = z.strictObject({ run: z.int().positive() });
const sweep = z.strictObject({ sweep: z.int().positive() });
const float32: z.ZodType<Float32Array> = z.instanceof(Float32Array);

export const calls = {
  /** Describes the lab: version, host, machine, and whether this machine can train. */
  'app.info': call(
    nothing,
    z.strictObject({
      version: z.string(),
      host: z.enum(['desktop', 'browser', 'terminal']),
      /** STRIDE_HOME, the folder of history and checkpoints. */
      home: z.string(),
      machine: machineSchema,
      versions: versionsSchema,
      /** Null if training works; otherwise the reason and the remedy. */
      trainingProblem: problemRecordSchema.nullable(),
    }),
  ),
  'presets.list': call(
    nothing,
    z.array(
      z.strictObject({ network: networkSchema, settings: trainingSettingsSchema, parameterCount: z.int() }),
    ),
  ),
  'datasets.list': call(nothing, z.array(datasetSummarySchema)),
  ...imageCalls,
  ...datasetCalls,
  ...preferenceCalls,
  ...networkCalls,

  /**
   * Starts runs, all at once in workers of their own, or one after another. Returns them in the order of the request.
   */
  'runs.start': call(
    z.strictObject({
      runs: z
        .array(
          z.strictObject({
            name: runNameSchema.optional(),
            network: networkSchema,
            settings: trainingSettingsSchema,
            dataset: z.string().default('mnist'),
            /** Changes of the base learning rate at these steps, as they were made in the run that is repeated. */
            learningRates: z.array(learningRateChangeSchema).max(1000).default([]),
            /** The number of the kept net that `network` was taken from; the run records it with its version. */
            keptNetwork: z.int().positive().optional(),
            tags: z.array(tagSchema).max(mostTags).default([]),
          }),
        )
        .min(1)
        .max(64),
      together: z.boolean().default(true),
      /**
       * Cores for each run, which is also the number of shards per batch; without it, the cores are shared among the
       * runs in progress.
       */
      threads: z.int().min(1).optional(),
    }),
    z.array(runSummarySchema),
  ),
  /** Takes effect between two steps; the run's checkpoint is on disk when this returns. */
  'runs.pause': call(run, runSummarySchema),
  /**
   * Continues a paused, stopped, interrupted or failed run from its last checkpoint, bit for bit; or from the one
   * before it if the last one is damaged (`checkpoint.previous-is-whole`) and the caller asks for this.
   */
  'runs.resume': call(
    z.strictObject({ run: z.int().positive(), from: z.enum(['last', 'previous']).default('last') }),
    runSummarySchema,
  ),
  'runs.stop': call(run, runSummarySchema),
  ...trainCalls,
  /** Returns runs newest first, including archived but not deleted ones. */
  'runs.list': call(
    z.strictObject({ limit: z.int().min(1).max(1000).default(100), offset: z.int().min(0).default(0) }),
    z.strictObject({ runs: z.array(runSummarySchema), total: z.int() }),
  ),
  'runs.get': call(run, runDetailSchema),
  /**
   * Returns every batch's loss, in order, from step `from` (counted from 0) on, and clock readings for some steps after
   * it, about one in a thousand; histories from before these were recorded have none.
   */
  'runs.batchLosses': call(
    z.strictObject({ run: z.int().positive(), from: z.int().min(0).default(0) }),
    z.strictObject({ from: z.int(), losses: float32, clock: z.array(clockReadingSchema) }),
  ),

  ...runCalls,
  ...recoveryCalls,
  ...compareCalls,

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

  ...inspectCalls,
  ...modelCalls,
} as const;

export const events = {
  ...preferenceEvents,
  /** A run was created, or its status, progress or results changed. */
  'run.changed': runSummarySchema,
  /** Losses of the steps from `from` (counted from 0) on, a few times a second. */
  'run.batchLosses': z.strictObject({
    run: z.int(),
    from: z.int(),
    losses: float32,
    imagesPerSecond: z.number(),
    /** Seconds of training up to the last of these steps, pauses excluded. */
    seconds: z.number(),
  }),
  ...runEvents,
  'run.runningLoss': runningLossSchema.extend({ run: z.int() }),
  'run.epoch': epochRecordSchema.extend({ run: z.int() }),
  ...trainEvents,
  /** A sweep was created, its status changed, or one of its runs changed. */
  'sweep.changed': sweepSummarySchema,
  ...networkEvents,
  ...datasetEvents,
} as const;

export type CallName = keyof typeof calls;
/** The request as a caller writes it: fields with defaults are optional. */
export type CallInput<C extends CallName> = z.input<(typeof calls)[C]['request']>;
export type CallRequest<C extends CallName> = z.output<(typeof calls)[C]['request']>;
export type CallReply<C extends CallName> = z.output<(typeof calls)[C]['reply']>;

export type EventName = keyof typeof events;
export type EventPayload<E extends EventName> = z.output<(typeof events)[E]>;

/** The lab as its callers see it, in the same process or behind a transport. */
export interface LabClient {
  call<C extends CallName>(name: C, request: CallInput<C>): Promise<CallReply<C>>;
  /** Returns the function that unsubscribes. */
  on<E extends EventName>(name: E, listener: (payload: EventPayload<E>) => void): () => void;
}

/** The messages that transports carry. */
export type ClientMessage = {
  readonly kind: 'call';
  readonly id: number;
  readonly name: string;
  readonly request: unknown;
};
export type ServerMessage =
  | { readonly kind: 'reply'; readonly id: number; readonly reply: unknown }
  | { readonly kind: 'problem'; readonly id: number; readonly problem: z.infer<typeof problemRecordSchema> }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown }
  // Several events in their order; a window handles them together, so that it renders once.
  | {
      readonly kind: 'events';
      readonly events: readonly { readonly name: string; readonly payload: unknown }[];
    };
export type EventMessage = Extract<ServerMessage, { kind: 'event' }>;

/** A connection with two ends; the only interface of a transport. */
export interface Channel<Out, In> {
  send(message: Out): void;
  onMessage(listener: (message: In) => void): () => void;
  onClose(listener: () => void): () => void;
  close(): void;
}
