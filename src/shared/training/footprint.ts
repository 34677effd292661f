/**
 * The arrays of a net in training for one image: each layer's output, including blocks' inner layers, and the temporary
 * arrays of the operations behind a layer (`engine/ops/conv2d.ts`): the padded image, every window's pixels as a row if
 * a kernel is dilated, and an output's gradient with its elements a stride apart.
 */
import { type Layer, enabledLayers, layerKind, slidingWindowOf } from '../layers/index.ts';
import { type Shape, elements } from '../layers/layer.ts';
import type { NetworkSummary } from '../network/shapes.ts';

export interface LayerFootprint {
  /** The layer's number among the net's layers, from 1; an inner layer has its block's. */
  readonly layer: number;
  readonly type: Layer['type'];
  /** Elements for one image: the layer's output, and the largest temporary array. */
  readonly output: number;
  readonly work: number;
}

export function footprint(summary: NetworkSummary): LayerFootprint[] {
  return summary.layers.flatMap(({ layer, position, input }) => footprintOf(layer, input, position + 1));
}

function footprintOf(layer: Layer, input: Shape, number: number): LayerFootprint[] {
  const output = layerKind(layer).outputShape(layer, input);
  const own = {
    layer: number,
    type: layer.type,
    output: elements(output),
    work: workOf(layer, input, output),
  };
  if (layer.type !== 'residual') return [own];
  let given = input;
  const inner: LayerFootprint[] = [];
  for (const each of enabledLayers(layer.layers)) {
    inner.push(...footprintOf(each, given, number));
    given = layerKind(each).outputShape(each, given);
  }
  return [...inner, own];
}

function workOf(layer: Layer, input: Shape, output: Shape): number {
  if (input.kind !== 'map' || output.kind !== 'map') return 0;
  const window = slidingWindowOf(layer);
  if (!window) return 0;
  const { kernel, stride, padding, dilation } = window;
  const padded = input.channels * (input.height + 2 * padding[0]) * (input.width + 2 * padding[1]);
  if (layer.type !== 'conv2d') return padded;
  const dilated = kernel.some((length, axis) => length > 1 && (dilation[axis] as number) > 1);
  const patches = dilated ? output.height * output.width * kernel[0] * kernel[1] * input.channels : 0;
  const reach = kernel.map((length, axis) => (dilation[axis] as number) * (length - 1)) as [number, number];
  // The condition also covers the engine's computation of the input's gradient as a forward convolution.
  const turned = dilated || (stride[0] === 1 && stride[1] === 1 && kernel[0] * kernel[1] >= 16);
  const spread =
    Number(turned) *
    output.channels *
    Math.max(input.height + reach[0], output.height * stride[0]) *
    Math.max(input.width + reach[1], output.width * stride[1]);
  return Math.max(padded, patches, spread);
}
