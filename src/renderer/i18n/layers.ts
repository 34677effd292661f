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

/**
 * Converts a step's place in its net, `3.layers.0` as PyTorch counts, into the layer's number as every screen counts,
 * `4.1`. The convolution on a block's shortcut has the block's number.
 */
export function layerNumber(place: string): string {
  const shortcut = /^(.*)\.shortcut$/.exec(place)?.[1];
  if (shortcut !== undefined) return m.layer_shortcut({ block: layerNumber(shortcut) });
  return place
    .split('.layers.')
    .map((index) => Number(index) + 1)
    .join('.');
}

/** Returns a step's layer with its number: `4.1 · Convolution 3×3`. */
export function numberedLayer({ place, layer }: { place: string; layer: Layer }): string {
  return `${layerNumber(place)} · ${describeLayer(layer)}`;
}

function describePair([height, width]: Pair): string {
  return height === width ? String(height) : `${height}×${width}`;
}
