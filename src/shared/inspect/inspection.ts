/**
 * Requests and replies for inspecting a trained net. Everything is in evaluation mode, on one of a run's checkpoints.
 * Arrays are row-major in PyTorch's order: batch, channel, height, width.
 */
import { z } from 'zod';
import type { Layer } from '../layers/index.ts';

const float32: z.ZodType<Float32Array> = z.instanceof(Float32Array);

export const tensorSchema = z.strictObject({ shape: z.array(z.int()), data: float32 });
export type TensorValues = z.infer<typeof tensorSchema>;

const checkpointKinds = ['last', 'best'] as const;
export const checkpointKindSchema = z.enum(checkpointKinds);
export type CheckpointKind = z.infer<typeof checkpointKindSchema>;

/** The checkpoint that was inspected. `epoch` (from 1) was in progress, with `batch` batches of it done. */
export const inspectedSchema = z.strictObject({
  /** `epoch` is a state kept at an epoch's end, or the one before training. */
  checkpoint: z.enum([...checkpointKinds, 'epoch']),
  step: z.int(),
  epoch: z.int(),
  batch: z.int(),
});
export type Inspected = z.infer<typeof inspectedSchema>;

/** Selects the parameters of a run: a checkpoint's, or with `epoch` those at that epoch's end. */
export interface Moment {
  readonly checkpoint: CheckpointKind;
  readonly epoch?: number | undefined;
}

/** Largest number of images at once. */
export const mostImages = 64;

/** Images of the run's data set by index, or pixels in [0, 1], one image after another. */
export const imagesSchema = z.union([
  z.strictObject({
    part: z.enum(['train', 'test']),
    indices: z.array(z.int().min(0)).min(1).max(mostImages),
  }),
  z.strictObject({ pixels: float32 }),
]);
export type Images = z.infer<typeof imagesSchema>;

/** A class by its index; null uses the predicted class of the image. */
const classSchema = z.int().min(0).nullable().default(null);

const questions = {
  trace: { images: imagesSchema },
  classify: { images: imagesSchema },
  backward: {
    images: imagesSchema,
    /** The target classes of the images; null uses the data set's labels. */
    labels: z.array(z.int().min(0)).nullable().default(null),
    /** The function that is differentiated: the mean cross-entropy, or the sum of the labels' logits. */
    of: z.enum(['loss', 'logit']).default('loss'),
    /** Learning rate of the step of plain gradient descent whose effect on the loss is measured. */
    learningRate: z.number().min(0).max(1000),
  },
  activations: { images: imagesSchema },
  saliency: { images: imagesSchema, class: classSchema },
  occlusion: {
    /** A single image. */
    images: imagesSchema,
    class: classSchema,
    /** Side of the square that covers a part of the image, in pixels, and its stride. */
    patch: z.int().min(1).max(1024).default(5),
    stride: z.int().min(1).max(1024).default(1),
    /** Value that fills it, a pixel in [0, 1]. */
    fill: z.number().min(0).max(1).default(0),
  },
  predictions: {},
  confidentErrors: { limit: z.int().min(1).max(1000).default(25) },
} as const;

const question = <K extends keyof typeof questions>(kind: K) =>
  z.strictObject({ kind: z.literal(kind), ...questions[kind] });

export const questionSchema = z.discriminatedUnion('kind', [
  question('trace'),
  question('classify'),
  question('backward'),
  question('activations'),
  question('saliency'),
  question('occlusion'),
  question('predictions'),
  question('confidentErrors'),
]);
export type Question = z.infer<typeof questionSchema>;
export type QuestionKind = Question['kind'];

const of = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject({
    run: z.int().positive(),
    checkpoint: checkpointKindSchema.default('last'),
    /**
     * The state at this epoch's end instead of a checkpoint; 0 is before training (`inspect.epochs` lists the kept
     * ones).
     */
    epoch: z.int().min(0).optional(),
    ...shape,
  });

/** The requests of the `inspect.*` calls. */
export const inspectRequests = {
  trace: of(questions.trace),
  classify: of(questions.classify),
  backward: of(questions.backward),
  activations: of(questions.activations),
  saliency: of(questions.saliency),
  occlusion: of(questions.occlusion),
  predictions: of(questions.predictions),
  confidentErrors: of(questions.confidentErrors),
  filters: of({}),
};

/** The inspected images: pixels in [0, 1], and their labels if the data set has them. */
const seen = { images: tensorSchema, labels: z.array(z.int()).nullable() };
const scores = { logits: tensorSchema, probabilities: tensorSchema };

const layerType = z.custom<Layer['type']>((value) => typeof value === 'string');

export const answers = {
  trace: z.strictObject({
    ...seen,
    ...scores,
    /** The net's input: the normalised images. */
    input: tensorSchema,
    /** Every layer's output, in the order of `traceSteps` (trace.ts), including those within residual blocks. */
    outputs: z.array(z.strictObject({ place: z.string(), output: tensorSchema })),
  }),
  classify: z.strictObject({ labels: z.array(z.int()).nullable(), ...scores }),
  backward: z.strictObject({
    ...seen,
    ...scores,
    /**
     * Mean cross-entropy of the images, and that after one step of plain gradient descent on it (θ − learning rate ·
     * gradient), if the gradients are the loss's.
     */
    loss: z.number(),
    lossAfter: z.number().nullable(),
    /** Gradient of the loss or the logits with respect to each pixel of the net's input. */
    gradient: tensorSchema,
    /** Gradients with respect to each layer's output, in order. */
    outputs: z.array(z.strictObject({ place: z.string(), gradient: tensorSchema })),
    /** Gradients with respect to each trained parameter, under its name in the `state_dict`. */
    parameters: z.array(z.strictObject({ name: z.string(), gradient: tensorSchema })),
  }),
  activations: z.strictObject({
    ...seen,
    ...scores,
    /** Every layer's output, disabled layers excluded. */
    layers: z.array(
      z.strictObject({
        /** Position in the sequence, and among all layers of the network. */
        index: z.int(),
        position: z.int(),
        type: layerType,
        output: tensorSchema,
      }),
    ),
  }),
  saliency: z.strictObject({
    ...seen,
    ...scores,
    /** The class whose logit is used, one for each image. */
    classes: z.array(z.int()),
    /** Gradient of the class's logit with respect to each pixel of the net's normalised input: `x.grad` in PyTorch. */
    gradient: tensorSchema,
  }),
  occlusion: z.strictObject({
    ...seen,
    class: z.int(),
    patch: z.int(),
    /** The covered square's upper left corners are all pairs of these; the last ones reach the image's edge. */
    tops: z.array(z.int()),
    lefts: z.array(z.int()),
    /** The class's logit without a patch. */
    logit: z.number(),
    probability: z.number(),
    /** The class's logits with the patch at each position: tops × lefts. */
    logits: tensorSchema,
    probabilities: tensorSchema,
  }),
  predictions: z.strictObject({
    /** Labels of the whole test set, in its order. */
    labels: z.array(z.int()),
    predictions: z.array(z.int()),
    probabilities: tensorSchema,
    correct: z.int(),
  }),
  confidentErrors: z.strictObject({
    /** Total number of misclassified test images. */
    total: z.int(),
    /** Misclassified images, the most confident first. */
    errors: z.array(
      z.strictObject({
        index: z.int(),
        label: z.int(),
        prediction: z.int(),
        /** Probability of the prediction, and of the label. */
        probability: z.number(),
        labelProbability: z.number(),
      }),
    ),
    images: tensorSchema,
  }),
  filters: z.strictObject({
    parameters: z.array(
      z.strictObject({
        /** Name in PyTorch's `state_dict`, for example `0.weight`. */
        name: z.string(),
        /** Position of its layer in the sequence, and among all layers of the network. */
        index: z.int(),
        position: z.int(),
        type: layerType,
        trainable: z.boolean(),
        values: tensorSchema,
      }),
    ),
  }),
} as const;
export type Answers = { readonly [K in keyof typeof answers]: z.infer<(typeof answers)[K]> };

/** The replies of the `inspect.*` calls: the answer, and the checkpoint that was inspected. */
export const inspectReply = <S extends z.ZodRawShape>(answer: z.ZodObject<S>) =>
  answer.extend({ of: inspectedSchema });
