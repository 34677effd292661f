/**
 * All that training needs to resume as if it had never stopped: numbers (parameters, optimizer slots, running
 * statistics) and progress (the position in an epoch, the state of the random generators, partial sums).
 */
import { z } from 'zod';
import { kernelSourceSchema } from '../training/kernels.ts';
import { layerHealthSchema, lossSchema } from './runs.ts';
import { learningRateChangeSchema } from '../training/training.ts';

/**
 * Name prefixes in checkpoints: of a parameter (`parameter/0.weight`), and of an optimizer's slot for it
 * (`slot/0.weight/momentum`).
 */
const parameterPrefix = 'parameter/';
export const parameterKey = (name: string) => `${parameterPrefix}${name}`;
/** Returns the parameter's name from a `parameterKey`. */
export const parameterName = (key: string) => key.slice(parameterPrefix.length);
export const slotKey = (parameter: string, slot: string) => `slot/${parameter}/${slot}`;

/** A float32 array in PyTorch's layout, under a `parameterKey` or a `slotKey`. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Returns the parameters and running statistics among a checkpoint's tensors, without the optimizer's slots. */
export const parametersIn = (tensors: readonly NamedTensor[]): NamedTensor[] =>
  tensors.filter(({ name }) => name.startsWith(parameterPrefix));

export const progressSchema = z.strictObject({
  format: z.literal(1),
  /** Total steps done; the optimizer's step count. */
  step: z.int().min(0),
  /** The current epoch, from 1, and the batches done in it; a completed epoch is `batch: 0` of the next one. */
  epoch: z.int().min(1),
  batch: z.int().min(0),
  /** MT19937: 624 words and the position among them, after all draws so far. */
  random: z.strictObject({ words: z.array(z.int()).length(624), position: z.int().min(0).max(624) }),
  /** The 64-bit draw, in decimal, that determines the order of the current epoch; empty between epochs. */
  orderSeed: z.string(),
  /** Sum of the losses since the last running loss, in double precision and in the order of the steps. */
  runningSum: lossSchema,
  /** Sums over the epoch so far: loss × images, images, seconds in steps. */
  epochLossSum: lossSchema,
  epochImages: z.int().min(0),
  epochSeconds: z.number().min(0),
  /** Measurements at the epoch's last step, if the run stopped before the epoch was evaluated; otherwise empty. */
  layers: z.array(layerHealthSchema).default([]),
  /** State of early stopping: the best value of its metric so far, and the epochs since then. */
  stopping: z
    .strictObject({ best: lossSchema.nullable(), waited: z.int().min(0) })
    .default({ best: null, waited: 0 }),
  /** Changes of the base learning rate so far, in ascending order of their steps. */
  learningRates: z.array(learningRateChangeSchema).default([]),
  /** Number of shards of a batch; it affects rounding, so a run keeps it. */
  shards: z.int().min(1),
  /** Whose convolutions the run is trained with; runs from before Stride had kernels have TensorFlow's. */
  kernels: kernelSourceSchema.default('tensorflow'),
});
export type TrainingProgress = z.infer<typeof progressSchema>;

export interface Checkpoint {
  readonly progress: TrainingProgress;
  readonly tensors: readonly NamedTensor[];
}
