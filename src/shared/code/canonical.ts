/**
 * Converts a net to its canonical form: fields at their defaults are left out, equal pairs are one number, disabled
 * layers are removed. Two nets that compute the same with the same layers have the same form, so that code written from
 * a net and read again can be compared with it.
 */
import { type FieldValue, fallbackOf, fieldValue, fieldsOf } from '../layers/fields.ts';
import { type Layer, enabledLayers } from '../layers/index.ts';
import type { Pair, PairField } from '../layers/layer.ts';
import type { Network } from '../network/network.ts';

export function shortPair([height, width]: Pair): PairField {
  return height === width ? height : [height, width];
}

const short = (value: FieldValue): FieldValue => (Array.isArray(value) ? shortPair(value) : value);

export function canonicalLayer(layer: Layer): Layer {
  if (layer.type === 'residual') {
    return { type: 'residual', layers: enabledLayers(layer.layers).map(canonicalLayer) };
  }
  const fields = fieldsOf(layer).flatMap((field) => {
    const value = short(fieldValue(layer, field));
    const atDefault = !field.required && String(value) === String(short(fallbackOf(layer, field)));
    return atDefault ? [] : [[field.name, value]];
  });
  return { type: layer.type, ...Object.fromEntries(fields) } as Layer;
}

export function canonicalNetwork({ name, input, layers }: Network): Network {
  return { name, input, layers: enabledLayers(layers).map(canonicalLayer) };
}
