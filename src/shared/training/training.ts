/**
 * The training settings of a net. Every field has the course's value as its default, so that `{}` is the course's
 * script: batch 64, cross-entropy, SGD with learning rate 0.01 and momentum 0.5. Names and defaults of the optimizers'
 * other fields are those of `torch.optim`.
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

/** Number of warm-up steps, linear from 0, which multiply the schedule. */
const warmUpSteps = z.int().min(0).max(1_000_000).default(0);

/**
 * The change of the learning rate from the optimizer's own value. `step`, `exponential` and `cosine` change it after
 * each epoch, `oneCycle` after each step, as in `torch.optim.lr_scheduler`.
 */
export const scheduleSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('constant'), warmUpSteps }),
  z.strictObject({
    type: z.literal('step'),
    stepSize: z.int().min(1).max(10_000).default(5),
    gamma: z.number().positive().max(1).default(0.1),
    warmUpSteps,
  }),
  z.strictObject({
    type: z.literal('exponential'),
    gamma: z.number().positive().max(1).default(0.9),
    warmUpSteps,
  }),
  z.strictObject({
    type: z.literal('cosine'),
    minimum: z.number().min(0).max(100).default(0),
    warmUpSteps,
  }),
  z.strictObject({
    type: z.literal('oneCycle'),
    maximum: z.number().positive().max(100).default(0.1),
    pctStart: z.number().positive().lt(1).default(0.3),
    divFactor: z.number().min(1).max(1e6).default(25),
    finalDivFactor: z.number().min(1).max(1e8).default(1e4),
    warmUpSteps,
  }),
]);
export type Schedule = z.infer<typeof scheduleSchema>;

/** Another base learning rate from step `step` (from 1, over the whole run) on, as it was changed during the run. */
export const learningRateChangeSchema = z.strictObject({
  step: z.int().min(1),
  learningRate: z.number().positive().max(100),
});
export type LearningRateChange = z.infer<typeof learningRateChangeSchema>;

/** `norm`: all gradients together are scaled down to that norm; `value`: each element is clipped there. */
const clippingSchema = z.strictObject({
  type: z.enum(['norm', 'value']),
  maximum: z.number().positive().max(1e6),
});

/** Initial values of weights; biases keep PyTorch's default. Kaiming's are for ReLU, by fan-in; Xavier's gain is 1. */
export const initialisationSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.enum(['default', 'kaimingUniform', 'kaimingNormal', 'xavierUniform', 'xavierNormal', 'zeros']),
  }),
  z.strictObject({ type: z.literal('constant'), value: z.number().min(-100).max(100) }),
]);
export type Initialisation = z.infer<typeof initialisationSchema>;

/** `course`: 0.1307 and 0.3081; `dataset`: measured on the training images, per channel; `none`: pixels in [0, 1]. */
export const normalisationSchema = z.enum(['course', 'dataset', 'none']);
export type Normalisation = z.infer<typeof normalisationSchema>;
export const courseNormalisation = { mean: 0.1307, deviation: 0.3081 } as const;

/** Returns the normalisation of a data set: the course's for MNIST, its own for any other set; `none` is kept. */
export function normalisationFor(before: Normalisation, dataset: string): Normalisation {
  if (before === 'none') return 'none';
  return dataset === 'mnist' ? 'course' : 'dataset';
}

/** Random changes of the training images, drawn independently for every image and step; zero or false disables one. */
export const augmentationSchema = z.strictObject({
  /** Largest shift in pixels along each axis. */
  shift: z.number().min(0).max(64).default(0),
  /** Largest rotation in degrees, in either direction. */
  rotation: z.number().min(0).max(180).default(0),
  /** Largest fraction by which an image is enlarged or reduced. */
  scale: z.number().min(0).max(0.9).default(0),
  /** Mirrors half of the images. */
  horizontalFlip: z.boolean().default(false),
  /** Standard deviation of the noise added to pixels in [0, 1]. */
  noise: z.number().min(0).max(1).default(0),
});
export type Augmentation = z.infer<typeof augmentationSchema>;

export const stoppingMetrics = [
  'testLoss',
  'testAccuracy',
  'validationLoss',
  'validationAccuracy',
  'trainLoss',
] as const;
export type StoppingMetric = (typeof stoppingMetrics)[number];

export const earlyStoppingSchema = z.strictObject({
  metric: z.enum(stoppingMetrics),
  /** Epochs without improvement before training stops. */
  patience: z.int().min(1).max(1000),
  /** An improvement must be larger than this. */
  minimumChange: z.number().min(0).default(0),
});
export type EarlyStopping = z.infer<typeof earlyStoppingSchema>;

const validationSchema = z.strictObject({
  /** Fraction of the training images that is held out, the same for every class. */
  fraction: z.number().min(0.001).max(0.9),
  seed: seedSchema.default(0),
});

/** The limit is larger than any data set here; a run's batch is checked against its own data set when it is made. */
export const largestBatch = 10_000_000;

export const trainingSettingsSchema = z.strictObject({
  epochs: z.int().min(1).max(10_000).default(10),
  batchSize: z.int().min(1).max(largestBatch).default(64),
  seed: seedSchema.default(0),
  optimizer: optimizerSchema.default(courseOptimizer),
  schedule: scheduleSchema.default({ type: 'constant', warmUpSteps: 0 }),
  clipping: clippingSchema.nullable().default(null),
  labelSmoothing: z.number().min(0).lt(1).default(0),
  initialisation: initialisationSchema.default({ type: 'default' }),
  normalisation: normalisationSchema.default('course'),
  augmentation: augmentationSchema.nullable().default(null),
  validation: validationSchema.nullable().default(null),
  earlyStopping: earlyStoppingSchema.nullable().default(null),
  /** Measures layer health after each epoch: gradient and weight norms, dead and saturated units. */
  measure: z.boolean().default(true),
});
export type TrainingSettings = z.infer<typeof trainingSettingsSchema>;
