/**
 * The pass of a layer while a net trains, where what stands beside it lets the same be computed faster: every other layer's
 * is its operation's. In evaluation a layer's output is looked at as it is.
 */
import { type Layer, layerKind } from '../../../shared/layers/index.ts';
import { type MapShape, type Shape, requireMap } from '../../../shared/layers/layer.ts';
import { wantsBatchInside } from './batchInside.ts';
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
    const inside = leadsToBatchInside(context, layers.slice(index), map);
    if (gainsFromPhases(layer, map, context.shardSizes, inside)) {
      return convInPhases(context, layer, values, map);
    }
  }
  const partner = partnerOf(layers, index);
  if (partner && layer.type === 'maxPool2d') {
    return (partner === 'after' ? rectifiedPool : poolOfRectified)(context, layer, values, shape);
  }
  if (partner) return (partner === 'before' ? rectified : rectifying)(context, values);
  return operationFor(layer)(context, layer, values, shape);
}

/** Whether the next convolution behind the first of the layers wants its maps with the batch inside. */
function leadsToBatchInside(context: Context, layers: readonly Layer[], input: MapShape): boolean {
  let shape: Shape = input;
  for (const [position, layer] of layers.entries()) {
    if (shape.kind !== 'map') return false;
    if (position > 0 && layer.type === 'conv2d') return wantsBatchInside(context, layer, shape);
    shape = layerKind(layer).outputShape(layer, shape);
  }
  return false;
}
