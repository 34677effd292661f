/** Formulas of activations as operations of a graph. */
import type { Algebra } from '../../../shared/layers/formula.ts';
import type { Graph, Tensor } from './graph.ts';
import * as tf from './operations.ts';

export const tensorsOf = (g: Graph, x: Tensor): Algebra<Tensor> => ({
  x,
  constant: (value) => tf.scalar(g, value),
  add: (a, b) => tf.add(g, a, b),
  multiply: (a, b) => tf.multiply(g, a, b),
  exponential: (a) => tf.exponential(g, a),
  tanh: (a) => tf.tanh(g, a),
  sigmoid: (a) => tf.sigmoid(g, a),
  softplus: (a) => tf.softplus(g, a),
});
