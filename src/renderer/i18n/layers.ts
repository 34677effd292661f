/** Names of layer kinds and activation functions. */
import { type ActivationFunction, activationNames } from '../../shared/layers/activation.ts';
import { convWindow } from '../../shared/layers/conv2d.ts';
import {
  type Layer,
  isLayerType,
  layerKind,
  layerKinds,
  slidingWindowOf,
} from '../../shared/layers/index.ts';
import type { Pair } from '../../shared/layers/layer.ts';
import { m } from '../paraglide/messages.js';
import { getLocale } from '../paraglide/runtime.js';

/** Returns the name of a layer kind; an unknown kind is returned unchanged. */
export function layerLabel(type: string): string {
  return isLayerType(type) ? layerKinds[type].words[getLocale()].name : type;
}

/** Returns the name of an activation, such as `ReLU`; an unknown one is returned unchanged. */
export function activationLabel(name: string): string {
  return name in activationNames ? activationNames[name as ActivationFunction] : name;
}

/** Returns a layer's name in a list: `Convolution`, `ReLU`. */
export function layerTitle(layer: Layer): string {
  return layerKind(layer).title?.(layer) ?? layerLabel(layer.type);
}

/** Describes a layer in a few words without default values: `Convolution 5×5, padding 1`. */
export function describeLayer(layer: Layer): string {
  if (layer.type === 'conv2d') {
    const { kernel, stride, padding, dilation } = convWindow(layer);
    return [
      `${layerTitle(layer)} ${kernel.join('×')}`,
      ...(Math.max(...stride) > 1 ? [m.layer_stride({ value: describePair(stride) })] : []),
      ...(Math.max(...padding) > 0 ? [m.layer_padding({ value: describePair(padding) })] : []),
      ...(Math.max(...dilation) > 1 ? [m.layer_dilation({ value: describePair(dilation) })] : []),
    ].join(m.list_separator());
  }
  const window = slidingWindowOf(layer);
  return window ? `${layerTitle(layer)} ${window.kernel.join('×')}` : layerTitle(layer);
}

function describePair([height, width]: Pair): string {
  return height === width ? String(height) : `${height}×${width}`;
}
