/**
 * The pass of a layer while a net trains. Some neighbouring layers allow a faster computation of the same
 * values; every other layer uses its operation's pass. Evaluation does not use this, because it needs each
 * layer's output.
 */
import { type Layer, layerKind } from '../../../shared/layers/index.ts';
import { type MapShape, type Shape, elements, requireMap } from '../../../shared/layers/layer.ts';
import { batchNormLanes } from './batchNormLanes.ts';
import { wantsHwnc } from './hwnc.ts';
import { operationFor } from './index.ts';
import { includedAfter, isRelu, lanesConv, passOfIncluded, wantsLanes } from './lanes.ts';
import type { Context, Pass, Values } from './op.ts';
import { gainsFromSpaceToDepth, spaceToDepthConv } from './spaceToDepth.ts';
import { linearWithStep, wantsStrideLinear } from './strideLinear.ts';
import {
  isPooledInPairs,
  partnerOf,
  poolAfterRelu,
  poolBeforeRelu,
  reluAfterPool,
  reluBeforePool,
} from './reluPool.ts';

export function trainingPass(
  context: Context,
  layers: readonly Layer[],
  index: number,
  values: Values,
  shape: Shape,
): Pass {
  const included = passOfIncluded(values);
  if (included) return included;
  const layer = layers[index] as Layer;
  if (layer.type === 'linear' && wantsStrideLinear(context))
    return linearWithStep(context, layer, values, elements(shape), isRelu(layers[index + 1]));
  if (layer.type === 'conv2d') {
    const map = requireMap(shape, 'conv2d');
    if (wantsLanes(context, layer, map, values)) {
      return lanesConv(context, layer, values, map, includedAfter(layers, index));
    }
  }
  if (layer.type === 'batchNorm2d' && values.layout.kind === 'lanes') {
    const map = requireMap(shape, 'batchNorm2d');
    return batchNormLanes(context, layer, values, map, includedAfter(layers, index));
  }
  if (layer.type === 'conv2d' && context.avx512 && isPooledInPairs(layers, index)) {
    const map = requireMap(shape, 'conv2d');
    const wanted = leadsToHwnc(context, layers.slice(index), map) ? 'hwnc' : 'nhwc';
    if (gainsFromSpaceToDepth(layer, map, context.shardSizes, wanted)) {
      return spaceToDepthConv(context, layer, values, map);
    }
  }
  const partner = partnerOf(layers, index);
  if (partner && layer.type === 'maxPool2d') {
    return (partner === 'after' ? poolBeforeRelu : poolAfterRelu)(context, layer, values, shape);
  }
  if (partner) return (partner === 'before' ? reluAfterPool : reluBeforePool)(context, values);
  return operationFor(layer)(context, layer, values, shape);
}

/** Returns whether the next convolution after the first of these layers takes its maps in HWNC. */
function leadsToHwnc(context: Context, layers: readonly Layer[], input: MapShape): boolean {
  let shape: Shape = input;
  for (const [position, layer] of layers.entries()) {
    if (shape.kind !== 'map') return false;
    if (position > 0 && layer.type === 'conv2d') return wantsHwnc(context, layer, shape);
    shape = layerKind(layer).outputShape(layer, shape);
  }
  return false;
}
