/** Names of layer kinds and activation functions. */
import type { ActivationFunction } from '../../shared/layers/activation.ts';
import {
  type ComposedFunction,
  composedActivations,
  composedFunctions,
} from '../../shared/layers/composedActivations.ts';
import { convWindow } from '../../shared/layers/conv2d.ts';
import type { Layer, LayerType } from '../../shared/layers/index.ts';
import { type Pair, pair } from '../../shared/layers/layer.ts';
import { m } from '../paraglide/messages.js';

const labels: Record<LayerType, () => string> = {
  conv2d: m.layer_conv2d,
  maxPool2d: m.layer_max_pool,
  avgPool2d: m.layer_average_pool,
  globalAveragePool: m.layer_global_average_pool,
  batchNorm2d: m.layer_batch_norm,
  dropout: m.layer_dropout,
  activation: m.layer_activation,
  flatten: m.layer_flatten,
  linear: m.layer_linear,
  residual: m.layer_residual,
};

/** Returns the name of a layer kind; an unknown kind is returned unchanged. */
export function layerLabel(type: string): string {
  return type in labels ? labels[type as LayerType]() : type;
}

export const activationNames: Record<ActivationFunction, string> = {
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

/** Returns the name of an activation, such as `ReLU`; an unknown one is returned unchanged. */
export function activationLabel(name: string): string {
  return name in activationNames ? activationNames[name as ActivationFunction] : name;
}

/** Describes a layer in a few words without default values: `Convolution 5×5, padding 1`. */
export function describeLayer(layer: Layer): string {
  const label = layerLabel(layer.type);
  switch (layer.type) {
    case 'conv2d': {
      const { kernel, stride, padding, dilation } = convWindow(layer);
      return [
        `${label} ${kernel.join('×')}`,
        ...(Math.max(...stride) > 1 ? [m.layer_stride({ value: describePair(stride) })] : []),
        ...(Math.max(...padding) > 0 ? [m.layer_padding({ value: describePair(padding) })] : []),
        ...(Math.max(...dilation) > 1 ? [m.layer_dilation({ value: describePair(dilation) })] : []),
      ].join(m.list_separator());
    }
    case 'maxPool2d':
    case 'avgPool2d':
      return `${label} ${pair(layer.kernelSize, [1, 1]).join('×')}`;
    case 'activation':
      return activationNames[layer.function];
    default:
      return label;
  }
}

function describePair([height, width]: Pair): string {
  return height === width ? String(height) : `${height}×${width}`;
}
