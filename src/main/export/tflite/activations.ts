/**
 * Activations in LiteRT's float operators of version 1. Activations without an operator are composed of
 * others.
 */
import { composedActivations, isComposed } from '../../../shared/layers/composedActivations.ts';
import { type Formula, compute, operationCount } from '../../../shared/layers/formula.ts';
import { seluConstants } from '../../../shared/layers/activation.ts';
import type { WeightedStep } from '../../../shared/models/channelsLast.ts';
import type { TfliteGraph, TfliteValue } from './graph.ts';
import {
  absOptions,
  addOptions,
  expOptions,
  geluOptions,
  leakyReluOptions,
  mulOptions,
  negOptions,
} from './schema.ts';

type Step = Extract<WeightedStep['step'], { kind: 'activation' }>;

export function addActivation(graph: TfliteGraph, step: Step, name: string, x: TfliteValue): TfliteValue {
  const { shape } = x;
  const one = [x.tensor];
  if (isComposed(step.function))
    return addFormula(graph, composedActivations[step.function].formula, name, x);
  switch (step.function) {
    case 'relu':
      return graph.node('relu', name, one, shape);
    case 'leakyRelu':
      return graph.node('leakyRelu', name, one, shape, leakyReluOptions(step.negativeSlope));
    case 'elu':
      return elu(graph, name, x, step.alpha, 1);
    case 'selu':
      return elu(graph, name, x, seluConstants.alpha, seluConstants.scale);
    case 'gelu':
      return graph.node('gelu', name, one, shape, geluOptions);
    case 'sigmoid':
      return graph.node('logistic', name, one, shape);
    case 'tanh':
      return graph.node('tanh', name, one, shape);
    case 'softplus':
      return softplus(graph, name, x);
  }
}

/**
 * Adds scale · elu(x, α). LiteRT's ELU supports only α 1: elu(x, α) = α · elu(x, 1) + (1 − α) · relu(x),
 * since for x above 0 the two terms add up to x, and below it the second term is 0.
 */
function elu(graph: TfliteGraph, name: string, x: TfliteValue, alpha: number, scale: number): TfliteValue {
  const { shape } = x;
  if (alpha === 1 && scale === 1) return graph.node('elu', name, [x.tensor], shape, null);
  const scaled = (value: TfliteValue, factor: number, suffix: string): TfliteValue => {
    const constant = graph.floats(`${name}_${suffix}_factor`, [1], Float32Array.of(factor));
    return graph.node('mul', `${name}_${suffix}`, [value.tensor, constant], shape, mulOptions);
  };
  const below = scaled(graph.node('elu', `${name}_one`, [x.tensor], shape), scale * alpha, 'scaled');
  const above = scaled(
    graph.node('relu', `${name}_positive`, [x.tensor], shape),
    scale * (1 - alpha),
    'rest',
  );
  return graph.node('add', name, [below.tensor, above.tensor], shape, addOptions);
}

/** Adds log(1 + eˣ) as max(x, 0) + log(1 + e^−|x|), in which nothing overflows. */
function softplus(graph: TfliteGraph, name: string, x: TfliteValue): TfliteValue {
  const { shape } = x;
  const magnitude = graph.node('abs', `${name}_abs`, [x.tensor], shape, absOptions);
  const negative = graph.node('neg', `${name}_neg`, [magnitude.tensor], shape, negOptions);
  const power = graph.node('exp', `${name}_exp`, [negative.tensor], shape, expOptions);
  const one = graph.floats(`${name}_one`, [1], Float32Array.of(1));
  const sum = graph.node('add', `${name}_sum`, [power.tensor, one], shape, addOptions);
  const log = graph.node('log', `${name}_log`, [sum.tensor], shape);
  const positive = graph.node('relu', `${name}_positive`, [x.tensor], shape);
  return graph.node('add', name, [positive.tensor, log.tensor], shape, addOptions);
}

/** Adds the formula in LiteRT's operators; its last node has the given name. */
function addFormula(graph: TfliteGraph, formula: Formula, name: string, x: TfliteValue): TfliteValue {
  const steps = operationCount(formula);
  let done = 0;
  const next = () => {
    done += 1;
    return done === steps ? name : `${name}_${done}`;
  };
  const { shape } = x;
  return compute<TfliteValue>(formula, {
    x,
    constant: (value) => ({
      tensor: graph.floats(`${name}_constant${done}`, [1], Float32Array.of(value)),
      shape: [1],
    }),
    add: (a, b) => graph.node('add', next(), [a.tensor, b.tensor], shape, addOptions),
    multiply: (a, b) => graph.node('mul', next(), [a.tensor, b.tensor], shape, mulOptions),
    exponential: (a) => graph.node('exp', next(), [a.tensor], shape, expOptions),
    tanh: (a) => graph.node('tanh', next(), [a.tensor], shape),
    sigmoid: (a) => graph.node('logistic', next(), [a.tensor], shape),
    softplus: (a) => softplus(graph, next(), a),
  });
}
