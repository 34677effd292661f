/** Element-wise activations, with PyTorch's definitions and default constants. */
import {
  type ComposedFunction,
  composedActivations,
  composedFunctions,
  isComposed,
} from './composedActivations.ts';
import { type FieldSpecs, type LayerWith, schemaOf } from './field.ts';
import type { ComputedKind } from './layer.ts';

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

/** The functions' names, which are the same in both languages. */
export const activationNames: Readonly<Record<ActivationFunction, string>> = {
  relu: 'ReLU',
  leakyRelu: 'Leaky ReLU',
  elu: 'ELU',
  selu: 'SELU',
  gelu: 'GELU',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  softplus: 'Softplus',
  ...(Object.fromEntries(composedFunctions.map((name) => [name, composedActivations[name].label])) as Record<
    ComposedFunction,
    string
  >),
};

export const activationDefaults = { negativeSlope: 0.01, alpha: 1 } as const;

const fields = {
  function: {
    kind: 'choice',
    required: true,
    options: activationFunctions,
    fallback: 'relu',
    torch: 'nn',
    label: { en: 'Function', 'zh-CN': '函数' },
    hint: { en: 'applied to each number separately', 'zh-CN': '对每个数分别计算' },
  },
  /** The slope below zero. */
  negativeSlope: {
    kind: 'real',
    minimum: 0,
    maximum: 1,
    fallback: activationDefaults.negativeSlope,
    relevant: (layer) => 'function' in layer && layer.function === 'leakyRelu',
    torch: 'negative_slope',
    label: { en: 'Slope below zero', 'zh-CN': '负半轴斜率' },
    hint: { en: 'factor for negative inputs', 'zh-CN': '负数保留的比例' },
  },
  alpha: {
    kind: 'real',
    minimum: 0,
    aboveMinimum: true,
    maximum: 100,
    fallback: activationDefaults.alpha,
    relevant: (layer) => 'function' in layer && layer.function === 'elu',
    torch: 'alpha',
    label: { en: 'Alpha', 'zh-CN': 'α 系数' },
    hint: {
      en: 'very negative inputs give minus this value',
      'zh-CN': '输入趋于负无穷时，输出趋于它的相反数',
    },
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

/** Returns the function's call in `torch.nn.functional`, or in `torch` where the course's scripts take it from there. */
function functionCall(layer: Activation, x: string): string {
  const slope = layer.negativeSlope ?? activationDefaults.negativeSlope;
  const alpha = layer.alpha ?? activationDefaults.alpha;
  switch (layer.function) {
    case 'leakyRelu':
      return slope === activationDefaults.negativeSlope
        ? `F.leaky_relu(${x})`
        : `F.leaky_relu(${x}, ${slope})`;
    case 'elu':
      return alpha === activationDefaults.alpha ? `F.elu(${x})` : `F.elu(${x}, alpha=${alpha})`;
    case 'sigmoid':
    case 'tanh':
      return `torch.${layer.function}(${x})`;
    default:
      return `F.${layer.function}(${x})`;
  }
}

export const activation: ComputedKind<Activation> = {
  words: {
    en: { name: 'Activation', short: 'activation' },
    'zh-CN': { name: '激活函数', short: '激活函数' },
  },
  group: 'activation',
  color: '#e0f1e3',
  title: (layer) => activationNames[layer.function],
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
  torchStyle: { call: functionCall },
  torchLine: 'wraps',
  computes(layer) {
    const { negativeSlope = activationDefaults.negativeSlope, alpha = activationDefaults.alpha } = layer;
    return [{ kind: 'activation', function: layer.function, negativeSlope, alpha }];
  },
};
