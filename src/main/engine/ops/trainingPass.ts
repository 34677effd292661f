/**
 * The pass of a layer while a net trains, where what stands beside it lets the same be computed faster: every other layer's
 * is its operation's. In evaluation a layer's output is looked at as it is.
 */
import type { Layer } from '../../../shared/layers/index.ts';
import { type Shape, requireMap } from '../../../shared/layers/layer.ts';
import { operationFor } from './index.ts';
import type { Context, Pass, Values } from './op.ts';
import { convInPhases, gainsFromPhases, isPooledInPairs } from './phases.ts';
import { partnerOf, poolOfRectified, rectified, rectifiedPool, rectifying } from './rectifiedPool.ts';

export function trainingPass(
  context: Context,
  layers: readonly Layer[],
  index: number,
  values: Values,
  shape: Shape,
): Pass {
  const layer = layers[index] as Layer;
  if (layer.type === 'conv2d' && context.wideVectors && isPooledInPairs(layers, index)) {
    const map = requireMap(shape, 'conv2d');
    if (gainsFromPhases(layer, map)) return convInPhases(context, layer, values, map);
  }
  const partner = partnerOf(layers, index);
  if (partner && layer.type === 'maxPool2d') {
    return (partner === 'after' ? rectifiedPool : poolOfRectified)(context, layer, values, shape);
  }
  if (partner) return (partner === 'before' ? rectified : rectifying)(context, values);
  return operationFor(layer)(context, layer, values, shape);
}
