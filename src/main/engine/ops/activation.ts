/**
 * Activations and their derivatives. The table has an entry for every function, so that none lacks its
 * derivative.
 */
import {
  type Activation,
  type PrimitiveFunction,
  activationDefaults,
  softplusThreshold,
} from '../../../shared/layers/activation.ts';
import {
  type ComposedFunction,
  composedActivations,
  isComposed,
} from '../../../shared/layers/composedActivations.ts';
import { compute, derivative } from '../../../shared/layers/formula.ts';
import { tensorsOf } from '../graph/formulas.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import * as tf from '../graph/operations.ts';
import { type Operation, perShard } from './op.ts';

interface ElementWise {
  readonly y: Tensor;
  readonly backward: (dy: Tensor) => Tensor;
}

const functions: Record<PrimitiveFunction, (g: Graph, x: Tensor, layer: Activation) => ElementWise> = {
  relu(g, x) {
    const y = tf.relu(g, x);
    return { y, backward: (dy) => tf.reluGrad(g, dy, y) };
  },
  leakyRelu(g, x, layer) {
    const slope = layer.negativeSlope ?? activationDefaults.negativeSlope;
    // `LeakyRelu` and the larger of x and slope·x are not used: TensorFlow's optimizer merges either with the
    // preceding conv, fails if the conv's output is also requested, gives up on the whole graph and reports
    // that on stderr.
    const positive = tf.greater(g, x, tf.scalar(g, 0));
    const y = tf.select(g, positive, x, tf.multiply(g, x, tf.scalar(g, slope)));
    return { y, backward: (dy) => tf.leakyReluGrad(g, dy, x, slope) };
  },
  elu(g, x, layer) {
    const alpha = layer.alpha ?? activationDefaults.alpha;
    if (alpha === 1) {
      const y = tf.elu(g, x);
      return { y, backward: (dy) => tf.eluGrad(g, dy, y) };
    }
    const positive = tf.greater(g, x, tf.scalar(g, 0));
    // exp of a large x is infinite; the selection would discard it, but its derivative would not.
    const below = tf.minimum(g, x, tf.scalar(g, 0));
    const y = tf.select(
      g,
      positive,
      x,
      tf.multiply(g, tf.exponentialMinusOne(g, below), tf.scalar(g, alpha)),
    );
    const slope = () => tf.multiply(g, tf.exponential(g, below), tf.scalar(g, alpha));
    return { y, backward: (dy) => tf.select(g, positive, dy, tf.multiply(g, dy, slope())) };
  },
  selu(g, x) {
    const y = tf.selu(g, x);
    return { y, backward: (dy) => tf.seluGrad(g, dy, y) };
  },
  /** Adds the exact GELU, x·Φ(x), where Φ is the normal distribution's (Hendrycks and Gimpel 2016). */
  gelu(g, x) {
    const scaled = tf.multiply(g, x, tf.scalar(g, Math.SQRT1_2));
    const half = tf.scalar(g, 0.5);
    const phi = tf.multiply(g, tf.add(g, tf.errorFunction(g, scaled), tf.scalar(g, 1)), half);
    return {
      y: tf.multiply(g, x, phi),
      backward(dy) {
        const bell = tf.exponential(g, tf.negate(g, tf.square(g, scaled)));
        const density = tf.multiply(g, bell, tf.scalar(g, 1 / Math.sqrt(2 * Math.PI)));
        return tf.multiply(g, dy, tf.add(g, phi, tf.multiply(g, x, density)));
      },
    };
  },
  sigmoid(g, x) {
    const y = tf.sigmoid(g, x);
    return { y, backward: (dy) => tf.sigmoidGrad(g, y, dy) };
  },
  tanh(g, x) {
    const y = tf.tanh(g, x);
    return { y, backward: (dy) => tf.tanhGrad(g, y, dy) };
  },
  softplus(g, x) {
    const linear = tf.greater(g, x, tf.scalar(g, softplusThreshold));
    return {
      y: tf.select(g, linear, x, tf.softplus(g, x)),
      backward: (dy) => tf.select(g, linear, dy, tf.softplusGrad(g, dy, x)),
    };
  },
};

/** Adds an activation from its formula and the formula's derivative. */
function composed(g: Graph, x: Tensor, name: ComposedFunction): ElementWise {
  const { formula } = composedActivations[name];
  const algebra = tensorsOf(g, x);
  return {
    y: compute(formula, algebra),
    backward: (dy) => tf.multiply(g, dy, compute(derivative(formula), algebra)),
  };
}

export const activation: Operation<Activation> = (context, layer, input) =>
  perShard(context, input, (x) => {
    const { y, backward } = isComposed(layer.function)
      ? composed(context.g, x, layer.function)
      : functions[layer.function](context.g, x, layer);
    return { y, backward: (dy) => backward(dy.tensor) };
  });
