/** Element-wise activations, with PyTorch's definitions and default constants. */
import {
  type ComposedFunction,
  composedActivations,
  composedFunctions,
  isComposed,
} from './composedActivations.ts';
import { type FieldSpecs, type LayerWith, schemaOf } from './field.ts';
import type { LayerKind } from './layer.ts';

/** The functions that the engine and the export formats have operations of their own for. */
const primitiveFunctions = [
  'relu',
  'leakyRelu',
  'elu',
  'selu',
  'gelu',
  'sigmoid',
  'tanh',
  'softplus',
] as const;
export type PrimitiveFunction = (typeof primitiveFunctions)[number];
export type ActivationFunction = PrimitiveFunction | ComposedFunction;

export const activationFunctions: readonly ActivationFunction[] = [
  ...primitiveFunctions,
  ...composedFunctions,
];

export const activationDefaults = { negativeSlope: 0.01, alpha: 1 } as const;

const fields = {
  function: { kind: 'choice', required: true, options: activationFunctions, fallback: 'relu' },
  /** The slope below zero. */
  negativeSlope: {
    kind: 'real',
    minimum: 0,
    maximum: 1,
    fallback: activationDefaults.negativeSlope,
    relevant: (layer) => 'function' in layer && layer.function === 'leakyRelu',
  },
  alpha: {
    kind: 'real',
    minimum: 0,
    aboveMinimum: true,
    maximum: 100,
    fallback: activationDefaults.alpha,
    relevant: (layer) => 'function' in layer && layer.function === 'elu',
  },
} as const satisfies FieldSpecs;

export type Activation = LayerWith<'activation', typeof fields>;

/** Constants of "Self-normalizing Neural Networks" (Klambauer et al. 2017), as in `torch.nn.SELU`. */
export const seluConstants = {
  alpha: 1.6732632423543772848170429916717,
  scale: 1.0507009873554804934193349852946,
} as const;

/** Input above which `torch.nn.Softplus` is linear, because the difference is below float32. */
export const softplusThreshold = 20;

export const activation: LayerKind<Activation> = {
  fields,
  schema: schemaOf('activation', fields),
  outputShape: (_layer, input) => input,
  parameters: () => [],
  multiplyAdds: () => 0,
  window: () => 'same',
  torch(layer) {
    const slope = layer.negativeSlope ?? activationDefaults.negativeSlope;
    const alpha = layer.alpha ?? activationDefaults.alpha;
    if (isComposed(layer.function)) return `nn.${composedActivations[layer.function].torch}()`;
    const lines: Record<PrimitiveFunction, string> = {
      relu: 'nn.ReLU()',
      leakyRelu: slope === activationDefaults.negativeSlope ? 'nn.LeakyReLU()' : `nn.LeakyReLU(${slope})`,
      elu: alpha === activationDefaults.alpha ? 'nn.ELU()' : `nn.ELU(alpha=${alpha})`,
      selu: 'nn.SELU()',
      gelu: 'nn.GELU()',
      sigmoid: 'nn.Sigmoid()',
      tanh: 'nn.Tanh()',
      softplus: 'nn.Softplus()',
    };
    return lines[layer.function];
  },
};
