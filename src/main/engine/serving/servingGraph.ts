/**
 * A trained net as a graph for TensorFlow Serving and other programs that load a SavedModel: constants
 * instead of variables, images with channels last, batches of any size, and the signature `serving_default`.
 */
import { composedActivations, isComposed } from '../../../shared/layers/composedActivations.ts';
import { compute } from '../../../shared/layers/formula.ts';
import { tensorsOf } from '../graph/formulas.ts';
import type { ExportOptions } from '../../../shared/export/formats.ts';
import { elements } from '../../../shared/layers/layer.ts';
import { softplusThreshold } from '../../../shared/layers/activation.ts';
import { type LastStep, type WeightedStep, channelsLastModel } from '../../../shared/models/channelsLast.ts';
import { type TrainedModel, type Weights, outputCount } from '../../../shared/models/trainedModel.ts';
import { Graph, type Tensor, unknown } from '../graph/graph.ts';
import * as tf from '../graph/operations.ts';
import { serializeSavedModel } from '../graph/savedModel.ts';

/** Returns the names of the graph's input and output, which are also the signature's. */
export const servingNames = ({ normalisation, output }: ExportOptions) => ({
  input: normalisation === 'inside' ? 'pixels' : 'images',
  output,
});

/** Returns the bytes of `saved_model.pb`. */
export function servingModel(model: TrainedModel, options: ExportOptions): Uint8Array {
  const g = new Graph();
  const { height, width, channels } = model.network.input;
  const names = servingNames(options);
  const inputShape = [unknown, height, width, channels];
  const input = tf.placeholder(g, names.input, 'float32', inputShape);
  let x = input;
  for (const step of channelsLastModel(model, options)) x = addStep(g, step, x);
  const output = tf.identity(g, x, { name: names.output });
  g.signature('serving_default', {
    inputs: { [names.input]: input },
    outputs: { [names.output]: output },
    served: {
      method: 'tensorflow/serving/predict',
      shapes: { [names.input]: inputShape, [names.output]: [unknown, outputCount(model)] },
    },
  });
  return serializeSavedModel(g);
}

function addStep(g: Graph, step: LastStep, x: Tensor): Tensor {
  if (!('main' in step)) return g.scope(step.name, () => addPlain(g, step, x));
  let main = x;
  for (const inner of step.main) main = addStep(g, inner, main);
  let side = x;
  for (const inner of step.side) side = addStep(g, inner, side);
  return g.scope(step.name, () => tf.add(g, main, side));
}

const constant = (g: Graph, weights: Weights | undefined): Tensor => {
  if (!weights) throw new Error('a step has no weights');
  return tf.floats(g, Array.from(weights.data), weights.shape);
};

const none = [0, 0] as const;

function addPlain(g: Graph, { step, input, weights }: WeightedStep, x: Tensor): Tensor {
  const withBias = (y: Tensor) => (weights['bias'] ? tf.biasAdd(g, y, constant(g, weights['bias'])) : y);
  switch (step.kind) {
    case 'normalise': {
      const centred = tf.subtract(g, x, tf.floats(g, step.mean));
      return tf.divide(g, centred, tf.floats(g, step.deviation));
    }
    case 'softmax':
      return tf.softmax(g, x);
    case 'channelsFirst':
      return tf.transpose(g, x, [0, 3, 1, 2]);
    case 'zeroPad':
      return tf.pad(g, x, [none, both(step.padding[0]), both(step.padding[1]), none]);
    case 'lowestPad':
      return tf.padWith(g, x, [none, both(step.padding[0]), both(step.padding[1]), none], lowest);
    case 'conv': {
      const { stride, dilation } = step;
      return withBias(tf.conv2d(g, x, constant(g, weights['kernel']), { stride, padding: none }, dilation));
    }
    case 'everyNth':
      return tf.everyNth(g, x, [1, ...step.stride, 1]);
    case 'maxPool':
      return tf.maxPool(g, x, { kernel: step.kernel, stride: step.stride, padding: none });
    case 'averagePool':
      return tf.avgPool(g, x, { kernel: step.kernel, stride: step.stride });
    case 'globalAverage':
      return tf.mean(g, x, [1, 2]);
    case 'batchNorm': {
      const variance = tf.add(g, constant(g, weights['moving_variance']), tf.scalar(g, step.epsilon));
      const scale = tf.multiply(g, tf.reciprocalSquareRoot(g, variance), constant(g, weights['gamma']));
      const centred = tf.subtract(g, x, constant(g, weights['moving_mean']));
      return tf.add(g, tf.multiply(g, centred, scale), constant(g, weights['beta']));
    }
    case 'dropout':
      return tf.identity(g, x);
    case 'flatten':
      return tf.reshape(g, x, [unknown, elements(input)]);
    case 'dense':
      return withBias(tf.matMul(g, x, constant(g, weights['kernel'])));
    case 'activation':
      return activation(g, step, x);
  }
}

const both = (length: number): readonly [number, number] => [length, length];
/** Lowest finite float32, which is never a window's maximum. */
const lowest = -3.4028234663852886e38;

type Activation = Extract<WeightedStep['step'], { kind: 'activation' }>;

function activation(g: Graph, step: Activation, x: Tensor): Tensor {
  if (isComposed(step.function)) {
    return compute(composedActivations[step.function].formula, tensorsOf(g, x));
  }
  switch (step.function) {
    case 'relu':
      return tf.relu(g, x);
    case 'leakyRelu':
      return tf.select(
        g,
        tf.greater(g, x, tf.scalar(g, 0)),
        x,
        tf.multiply(g, x, tf.scalar(g, step.negativeSlope)),
      );
    case 'elu': {
      if (step.alpha === 1) return tf.elu(g, x);
      const below = tf.exponentialMinusOne(g, tf.minimum(g, x, tf.scalar(g, 0)));
      return tf.select(
        g,
        tf.greater(g, x, tf.scalar(g, 0)),
        x,
        tf.multiply(g, below, tf.scalar(g, step.alpha)),
      );
    }
    case 'selu':
      return tf.selu(g, x);
    case 'gelu': {
      const erf = tf.errorFunction(g, tf.multiply(g, x, tf.scalar(g, Math.SQRT1_2)));
      const phi = tf.multiply(g, tf.add(g, erf, tf.scalar(g, 1)), tf.scalar(g, 0.5));
      return tf.multiply(g, x, phi);
    }
    case 'sigmoid':
      return tf.sigmoid(g, x);
    case 'tanh':
      return tf.tanh(g, x);
    case 'softplus':
      return tf.select(g, tf.greater(g, x, tf.scalar(g, softplusThreshold)), x, tf.softplus(g, x));
  }
}
