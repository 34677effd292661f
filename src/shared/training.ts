/**
 * How a net is trained. Every field has the course's value as its default, so that `{}` is the course's script:
 * batch 64, cross-entropy, SGD with learning rate 0.01 and momentum 0.5. Names and defaults of the optimizers' other
 * fields are `torch.optim`'s.
 */
import { z } from 'zod';

const learningRate = (value: number) => z.number().positive().max(100).default(value);
const fraction = (value: number) => z.number().min(0).lt(1).default(value);
const weightDecay = (value: number) => z.number().min(0).max(10).default(value);
const epsilon = (value: number) => z.number().positive().max(1).default(value);

const adamFields = {
  learningRate: learningRate(0.001),
  beta1: fraction(0.9),
  beta2: fraction(0.999),
  epsilon: epsilon(1e-8),
};

export const optimizerSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('sgd'),
    learningRate: learningRate(0.01),
    momentum: fraction(0),
    nesterov: z.boolean().default(false),
    weightDecay: weightDecay(0),
  }),
  z.strictObject({ type: z.literal('adam'), ...adamFields, weightDecay: weightDecay(0) }),
  z.strictObject({ type: z.literal('adamW'), ...adamFields, weightDecay: weightDecay(0.01) }),
  z.strictObject({
    type: z.literal('rmsProp'),
    learningRate: learningRate(0.01),
    alpha: fraction(0.99),
    momentum: fraction(0),
    epsilon: epsilon(1e-8),
    weightDecay: weightDecay(0),
  }),
  z.strictObject({
    type: z.literal('adagrad'),
    learningRate: learningRate(0.01),
    learningRateDecay: z.number().min(0).max(1).default(0),
    epsilon: epsilon(1e-10),
    weightDecay: weightDecay(0),
  }),
]);
export type Optimizer = z.infer<typeof optimizerSchema>;
export type OptimizerType = Optimizer['type'];

export const courseOptimizer: Optimizer = {
  type: 'sgd',
  learningRate: 0.01,
  momentum: 0.5,
  nesterov: false,
  weightDecay: 0,
};

/** A seed is what `torch.manual_seed` takes; its low 32 bits count, as in PyTorch's generator on the CPU. */
export const seedSchema = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Steps between two running losses; the course's scripts print every 300 batches. */
export const runningLossInterval = 300;

export const trainingSettingsSchema = z.strictObject({
  epochs: z.int().min(1).max(10_000).default(10),
  batchSize: z.int().min(1).max(8192).default(64),
  seed: seedSchema.default(0),
  optimizer: optimizerSchema.default(courseOptimizer),
});
export type TrainingSettings = z.infer<typeof trainingSettingsSchema>;
