/**
 * Converts a net to its canonical form: fields at their defaults are left out, equal pairs are one number, disabled
 * layers are removed. Two nets that compute the same with the same layers have the same form, so that code written from
 * a net and read again can be compared with it.
 */
import { activationDefaults } from '../layers/activation.ts';
import { batchNormDefaults } from '../layers/batchNorm2d.ts';
import { convWindow } from '../layers/conv2d.ts';
import { dropoutDefaults } from '../layers/dropout.ts';
import { type Layer, enabledLayers } from '../layers/index.ts';
import type { Pair, PairField } from '../layers/layer.ts';
import { poolWindow } from '../layers/pooling.ts';
import type { Network } from '../network/network.ts';

export function shortPair([height, width]: Pair): PairField {
  return height === width ? height : [height, width];
}

const is = ([height, width]: Pair, value: number) => height === value && width === value;

export function canonicalLayer(layer: Layer): Layer {
  switch (layer.type) {
    case 'conv2d': {
      const { kernel, stride, padding, dilation } = convWindow(layer);
      return {
        type: 'conv2d',
        filters: layer.filters,
        kernelSize: shortPair(kernel),
        ...(is(stride, 1) ? {} : { stride: shortPair(stride) }),
        ...(is(padding, 0) ? {} : { padding: shortPair(padding) }),
        ...(is(dilation, 1) ? {} : { dilation: shortPair(dilation) }),
        ...(layer.bias === false ? { bias: false } : {}),
      };
    }
    case 'maxPool2d':
    case 'avgPool2d': {
      const { kernel, stride, padding } = poolWindow(layer);
      const ownStride = stride[0] !== kernel[0] || stride[1] !== kernel[1];
      return {
        type: layer.type,
        kernelSize: shortPair(kernel),
        ...(ownStride ? { stride: shortPair(stride) } : {}),
        ...(is(padding, 0) ? {} : { padding: shortPair(padding) }),
      };
    }
    case 'batchNorm2d': {
      const { epsilon = batchNormDefaults.epsilon, momentum = batchNormDefaults.momentum } = layer;
      return {
        type: 'batchNorm2d',
        ...(epsilon === batchNormDefaults.epsilon ? {} : { epsilon }),
        ...(momentum === batchNormDefaults.momentum ? {} : { momentum }),
      };
    }
    case 'dropout': {
      const { p = dropoutDefaults.p } = layer;
      return p === dropoutDefaults.p ? { type: 'dropout' } : { type: 'dropout', p };
    }
    case 'activation': {
      const { negativeSlope = activationDefaults.negativeSlope, alpha = activationDefaults.alpha } = layer;
      const plain = { type: 'activation', function: layer.function } as const;
      if (layer.function === 'leakyRelu' && negativeSlope !== activationDefaults.negativeSlope)
        return { ...plain, negativeSlope };
      if (layer.function === 'elu' && alpha !== activationDefaults.alpha) return { ...plain, alpha };
      return plain;
    }
    case 'linear':
      return {
        type: 'linear',
        units: layer.units,
        ...(layer.bias === false ? { bias: false } : {}),
      };
    case 'residual':
      return { type: 'residual', layers: enabledLayers(layer.layers).map(canonicalLayer) };
    case 'flatten':
    case 'globalAveragePool':
      return { type: layer.type };
  }
}

export function canonicalNetwork({ name, input, layers }: Network): Network {
  return { name, input, layers: enabledLayers(layers).map(canonicalLayer) };
}
