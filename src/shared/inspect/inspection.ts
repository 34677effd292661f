/**
 * Looking into a trained net: what is asked and what is answered. Everything is in evaluation mode, on one of a run's
 * checkpoints. Arrays are row-major in PyTorch's order: batch, channel, height, width.
 */
import { z } from 'zod';
import type { Layer } from '../layers/index.ts';

const float32: z.ZodType<Float32Array> = z.instanceof(Float32Array);

export const tensorSchema = z.strictObject({ shape: z.array(z.int()), data: float32 });
export type TensorValues = z.infer<typeof tensorSchema>;

const checkpointKinds = ['last', 'best'] as const;
export const checkpointKindSchema = z.enum(checkpointKinds);
export type CheckpointKind = z.infer<typeof checkpointKindSchema>;

/** Which numbers were looked at. `epoch` (from 1) is under way, with `batch` batches of it done. */
export const inspectedSchema = z.strictObject({
  /** `epoch`: a state that was kept at an epoch's end, or the one before training. */
  checkpoint: z.enum([...checkpointKinds, 'epoch']),
  step: z.int(),
  epoch: z.int(),
  batch: z.int(),
});
export type Inspected = z.infer<typeof inspectedSchema>;

/** Which of a run's parameters are looked at: a checkpoint's, or with `epoch` those at that epoch's end. */
export interface Moment {
  readonly checkpoint: CheckpointKind;
  readonly epoch?: number | undefined;
}

/** Images at once. */
export const mostImages = 64;

/** Images of the run's data set, by their place in it, or pixels in [0, 1], one image after another. */
export const imagesSchema = z.union([
  z.strictObject({
    part: z.enum(['train', 'test']),
    indices: z.array(z.int().min(0)).min(1).max(mostImages),
  }),
  z.strictObject({ pixels: float32 }),
]);
export type Images = z.infer<typeof imagesSchema>;

/** A class by its number; null takes the one that the net gives the image. */
const classSchema = z.int().min(0).nullable().default(null);

const questions = {
  trace: { images: imagesSchema },
  classify: { images: imagesSchema },
  backward: {
    images: imagesSchema,
    /** Classes that the images should be given; null takes the data set's labels. */
    labels: z.array(z.int().min(0)).nullable().default(null),
    /** What the gradients are of: the mean cross-entropy, or the sum of the labels' logits. */
    of: z.enum(['loss', 'logit']).default('loss'),
    /** Of the step of plain gradient descent whose effect on the loss is tried. */
    learningRate: z.number().min(0).max(1000),
  },
  activations: { images: imagesSchema },
  saliency: { images: imagesSchema, class: classSchema },
  occlusion: {
    /** One image. */
    images: imagesSchema,
    class: classSchema,
    /** Side of the square that covers a part of the image, in pixels, and how far it moves. */
    patch: z.int().min(1).max(1024).default(5),
    stride: z.int().min(1).max(1024).default(1),
    /** What it is filled with, a pixel in [0, 1]. */
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
    /** The state at this epoch's end instead of a checkpoint; 0 is before training (`inspect.epochs` says which there are). */
    epoch: z.int().min(0).optional(),
    ...shape,
  });

/** What `inspect.*` calls take. */
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

/** What was looked at: pixels in [0, 1], and their labels where the data set has them. */
const seen = { images: tensorSchema, labels: z.array(z.int()).nullable() };
const scores = { logits: tensorSchema, probabilities: tensorSchema };

const layerType = z.custom<Layer['type']>((value) => typeof value === 'string');

export const answers = {
  trace: z.strictObject({
    ...seen,
    ...scores,
    /** The images as the net is given them: normalised. */
    input: tensorSchema,
    /** Every layer's output, in the order of `traceSteps` (trace.ts): those within residual blocks have their place, too. */
    outputs: z.array(z.strictObject({ place: z.string(), output: tensorSchema })),
  }),
  classify: z.strictObject({ labels: z.array(z.int()).nullable(), ...scores }),
  backward: z.strictObject({
    ...seen,
    ...scores,
    /** Mean cross-entropy of the images, and after one step of plain gradient descent on it (θ − learning rate · gradient), where the gradients are the loss's. */
    loss: z.number(),
    lossAfter: z.number().nullable(),
    /** Of the loss, or of the logits, by each pixel as the net is given it. */
    gradient: tensorSchema,
    /** At each layer's output, in order. */
    outputs: z.array(z.strictObject({ place: z.string(), gradient: tensorSchema })),
    /** By each parameter that is trained, under its name in the `state_dict`. */
    parameters: z.array(z.strictObject({ name: z.string(), gradient: tensorSchema })),
  }),
  activations: z.strictObject({
    ...seen,
    ...scores,
    /** Every layer's output, disabled layers left out. */
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
    /** One an image: whose logit it is. */
    classes: z.array(z.int()),
    /** Of the class's logit, by each pixel as the net is given it, which is normalised: `x.grad` in PyTorch. */
    gradient: tensorSchema,
  }),
  occlusion: z.strictObject({
    ...seen,
    class: z.int(),
    patch: z.int(),
    /** The covered square's upper left corners are all pairs of these; the last ones reach the image's edge. */
    tops: z.array(z.int()),
    lefts: z.array(z.int()),
    /** Of the class, with nothing covered. */
    logit: z.number(),
    probability: z.number(),
    /** Of the class, covered there: tops × lefts. */
    logits: tensorSchema,
    probabilities: tensorSchema,
  }),
  predictions: z.strictObject({
    /** Of the whole test set, in its order. */
    labels: z.array(z.int()),
    predictions: z.array(z.int()),
    probabilities: tensorSchema,
    correct: z.int(),
  }),
  confidentErrors: z.strictObject({
    /** Test images that are given a wrong class, all of them. */
    total: z.int(),
    /** The surest first. */
    errors: z.array(
      z.strictObject({
        index: z.int(),
        label: z.int(),
        prediction: z.int(),
        /** Of the prediction, and of the label. */
        probability: z.number(),
        labelProbability: z.number(),
      }),
    ),
    images: tensorSchema,
  }),
  filters: z.strictObject({
    parameters: z.array(
      z.strictObject({
        /** As in PyTorch's `state_dict`, for example `0.weight`. */
        name: z.string(),
        /** Of its layer: position in the sequence, and among all layers of the network. */
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

/** What `inspect.*` calls give: the answer, and of which numbers. */
export const inspectReply = <S extends z.ZodRawShape>(answer: z.ZodObject<S>) =>
  answer.extend({ of: inspectedSchema });
