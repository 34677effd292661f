/**
 * Convolutions by Stride's own kernels (`src/native`), while a net trains: images are in the lanes of a vector, so no
 * number of channels leaves lanes empty, and a ReLU and a pool of 2 × 2 windows after a convolution are computed
 * with it, before its output leaves the processor's cache.
 */
import { type Conv2d, convWindow } from '../../../shared/layers/conv2d.ts';
import type { Layer } from '../../../shared/layers/index.ts';
import type { MapShape, Pair } from '../../../shared/layers/layer.ts';
import { poolWindow } from '../../../shared/layers/pooling.ts';
import { floats } from '../graph/operations.ts';
import {
  type Included,
  lanesConv2d,
  lanesConv2dGradients,
  normalisedConv2dGradients,
} from '../graph/lanesOperations.ts';
import { coversMap, isOne } from './convolution.ts';
import { lanesOf, withInputLaidOut } from './layouts.ts';
import { type Context, type Gradient, type Pass, type Values, gradientOf, plain } from './op.ts';

/** The smallest share of lanes with an image for which the kernels are used. */
const fewestFilled = 0.6;

/** Returns whether enough lanes of each shard's vectors have an image. */
export function areFilled(context: Pick<Context, 'avx512' | 'shardSizes'>): boolean {
  const lanes = lanesOf(context);
  return context.shardSizes.every((images) => images / (Math.ceil(images / lanes) * lanes) >= fewestFilled);
}

type Place = Pick<Context, 'training' | 'kernels' | 'avx512' | 'shardSizes'>;

/** Returns whether a convolution of maps in a layout is computed by the kernels. */
export function wantsLanes(
  context: Place,
  layer: Conv2d,
  input: MapShape,
  { layout: { kind } }: Pick<Values, 'layout'>,
): boolean {
  const { training, kernels } = context;
  if (!training || kernels !== 'stride') return false;
  const window = convWindow(layer);
  const { kernel, stride, padding, dilation } = window;
  const slides =
    stride[0] === stride[1] && padding.every((zeros, axis) => zeros * stride[0] < (kernel[axis] ?? 0));
  // A convolution of single pixels has so few products that laying its maps out would take what it gains.
  const pays = !isOne(kernel) || kind === 'lanes';
  return areFilled(context) && slides && isOne(dilation) && pays && !coversMap(window, input);
}

export const isRelu = (layer: Layer | undefined) => layer?.type === 'activation' && layer.function === 'relu';

function isPoolOfPairs(layer: Layer | undefined): boolean {
  if (layer?.type !== 'maxPool2d') return false;
  const { kernel, stride, padding } = poolWindow(layer);
  const is = (pair: Pair, value: number) => pair[0] === value && pair[1] === value;
  return is(kernel, 2) && is(stride, 2) && is(padding, 0);
}

/**
 * Returns which of the next layers are computed with a convolution or a batch norm. A ReLU and a max-pool commute.
 */
export function includedAfter(layers: readonly Layer[], index: number): Included {
  const [first, second] = [layers[index + 1], layers[index + 2]];
  if (isPoolOfPairs(first)) return { pool: true, relu: isRelu(second) };
  return { relu: isRelu(first), pool: isRelu(first) && isPoolOfPairs(second) };
}

/** Returns how many of the next layers that are. */
export const countOf = ({ relu, pool }: Included) => Number(relu) + Number(pool);

/** Adds a convolution with the layers after it that are included. `wantsLanes` must hold. */
export function lanesConv(
  context: Context,
  layer: Conv2d,
  input: Values,
  map: MapShape,
  included: Included,
): Pass {
  const { g, parameters } = context;
  const weight = parameters.read('weight', { kind: 'conv' });
  const hasBias = layer.bias ?? true;
  const bias = hasBias
    ? parameters.read('bias', plain)
    : floats(g, new Array<number>(layer.filters).fill(0), [layer.filters]);
  const { padding, stride } = convWindow(layer);
  const conv = { padding, stride: stride[0], ...included };
  return withInputLaidOut(context, input, map, 'lanes', ({ shards }) => {
    const outputs = shards.map((x) => lanesConv2d(g, x, weight, bias, conv));
    return {
      output: { shards: outputs.map(({ y }) => y), layout: { kind: 'lanes', already: countOf(included) } },
      backward(gradients, needsInput) {
        const parts = shards.map((x, shard) => {
          const { index } = outputs[shard] as (typeof outputs)[number];
          const gradient = gradients.shards[shard] as Gradient;
          if (gradient.normalised && countOf(included) === 0)
            return normalisedConv2dGradients(g, { x, filter: weight }, gradient.normalised, conv, needsInput);
          const given = { x, filter: weight, dy: gradient.tensor, index };
          return lanesConv2dGradients(g, given, conv, needsInput);
        });
        const of = (name: 'filter' | 'bias') => parts.map((part) => part[name]);
        parameters.gradient('weight', of('filter'));
        if (hasBias) parameters.gradient('bias', of('bias'));
        return needsInput ? { shards: parts.map((part) => gradientOf(g, part.input)) } : undefined;
      },
    };
  });
}

/** Returns the pass of a layer that was computed with the layer before it, if it was. */
export function passOfIncluded({ layout, shards }: Values): Pass | undefined {
  if (!('already' in layout) || !layout.already) return undefined;
  return {
    output: { shards, layout: { ...layout, already: layout.already - 1 } },
    backward: (gradients, needsInput) => (needsInput ? gradients : undefined),
  };
}
