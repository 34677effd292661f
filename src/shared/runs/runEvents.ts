/**
 * The events of a run, in order: its log, and the marks on its charts. Every event has a position in training: `step`
 * steps were done, and `epoch` (from 1) was in progress.
 */
import { z } from 'zod';
import { problemRecordSchema, versionsSchema } from './runs.ts';
import { type KernelSource, kernelSourceSchema, kernelTimesSchema } from '../training/kernels.ts';
import { stoppingMetrics } from '../training/training.ts';

const details = {
  created: {},
  /** A thread has compiled the net, and the first step comes next. `threads`: shards per batch, one core each. */
  started: {
    cpu: z.string(),
    cores: z.int(),
    threads: z.int(),
    versions: versionsSchema,
    /** Missing in histories from before Stride had kernels. */
    kernels: kernelSourceSchema.optional(),
    /** The measurement that chose them, if they were chosen for this run. */
    kernelTimes: kernelTimesSchema.optional(),
  },
  paused: {},
  continued: {},
  /** True if the run is to stop at the end of the epoch, false if that was cancelled. */
  finishEpoch: { wanted: z.boolean() },
  stopped: {},
  /** The process that trained the run died, or Stride was closed. */
  interrupted: {},
  /**
   * The run resumed from a checkpoint after `batch` batches of the epoch; from the beginning if `step` is 0. `lost`:
   * batches trained after that checkpoint, which are trained again; missing in histories from before it was recorded.
   */
  resumed: { batch: z.int(), lost: z.int().optional() },
  /** The base learning rate from the next step on, and the one before. */
  learningRate: { learningRate: z.number(), before: z.number() },
  /** The end of an epoch; `step` and `epoch` are those of the ended one. */
  epoch: { trainLoss: z.number().nullable(), testCorrect: z.int(), testTotal: z.int(), seconds: z.number() },
  /** The epoch that has just ended is the best so far, and its checkpoint is kept. */
  best: { metric: z.enum(stoppingMetrics) },
  problem: { problem: problemRecordSchema },
  finished: {},
  /** The trained net was written in a format, and a runtime that loaded it agreed with the engine so far. */
  exported: {
    format: z.string(),
    runtime: z.string(),
    images: z.int(),
    largestDifference: z.number(),
    epoch: z.int(),
  },
  /** The run was not trained here: its weights come from a file. */
  imported: { file: z.string(), hash: z.string(), network: z.string() },
  /** The run was scored on a whole test set: its own after some epochs, or another data set's. */
  evaluated: {
    dataset: z.string(),
    testCorrect: z.int(),
    testTotal: z.int(),
    testLoss: z.number().nullable(),
    epoch: z.int(),
  },
} as const;
type Details = typeof details;
export type RunEventKind = keyof Details;

const place = {
  /** Counts from 1 within its run, with gaps where undone events were removed. */
  seq: z.int(),
  /** Time in ISO 8601, UTC. */
  at: z.string(),
  step: z.int(),
  epoch: z.int(),
};

const event = <K extends RunEventKind>(kind: K) =>
  z.strictObject({ ...place, kind: z.literal(kind), detail: z.strictObject(details[kind]) });

export const runEventSchema = z.discriminatedUnion('kind', [
  event('created'),
  event('started'),
  event('paused'),
  event('continued'),
  event('finishEpoch'),
  event('stopped'),
  event('interrupted'),
  event('resumed'),
  event('learningRate'),
  event('epoch'),
  event('best'),
  event('problem'),
  event('finished'),
  event('exported'),
  event('imported'),
  event('evaluated'),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

type WithoutPlace<E> = E extends RunEvent ? Pick<E, 'kind' | 'detail'> : never;
/** An event without its place and time. */
export type Happening = WithoutPlace<RunEvent>;

/** Returns whether the run is to stop at the end of its epoch: the last request since it was started. */
export function isFinishingEpoch(events: readonly RunEvent[]): boolean {
  const last = events.findLast(({ kind }) => kind === 'finishEpoch' || kind === 'resumed');
  return last?.kind === 'finishEpoch' && last.detail.wanted;
}

/** Returns the kernels of a run's first steps; undefined if there are none yet. */
export function kernelsBegunWith(events: readonly RunEvent[]): KernelSource | undefined {
  const started = events.find((event) => event.kind === 'started');
  return started && (started.detail.kernels ?? 'tensorflow');
}
