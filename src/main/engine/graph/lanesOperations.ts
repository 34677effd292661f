/**
 * Stride's own operations (`src/native`): convolutions of maps whose images are in a vector's lanes. A map is then
 * groups × height × width × channels × lanes.
 */
import { bool, int, ints } from './attributes.ts';
import { floats } from './constants.ts';
import type { Graph, Tensor } from './graph.ts';

/** Number of images in a vector. */
export type Lanes = 8 | 16;

/** Whether a ReLU, and a max-pool of 2 × 2 windows, are computed together with a convolution or a batch norm. */
export interface Included {
  readonly relu: boolean;
  readonly pool: boolean;
}

/** A convolution, and what is computed together with it. */
export interface LanesConv extends Included {
  readonly padding: readonly [number, number];
  /** The same along both axes; stride × padding must be less than the filter's size. */
  readonly stride: number;
}

const attributesOf = ({ padding, stride, relu, pool }: LanesConv) => ({
  padding: ints(padding),
  stride: int(stride),
  relu: bool(relu),
  pool: bool(pool),
});

/** Adds the pixels of images in bytes, normalised as `normalise` of `compile/batches.ts` does. */
export function stridePixels(
  g: Graph,
  bytes: Tensor,
  { mean, deviation }: Readonly<Record<'mean' | 'deviation', readonly number[]>>,
): Tensor {
  return g.op('StridePixels', [bytes, floats(g, mean), floats(g, deviation)]);
}

/** Adds the conversion of NHWC maps; the lanes of the last group that have no image are zero. */
export function toLanes(g: Graph, x: Tensor, lanes: Lanes): Tensor {
  return g.op('StrideToLanes', [x], { attributes: { lanes: int(lanes) } });
}

/** Adds the conversion of maps with so many images to NHWC. */
export function fromLanes(g: Graph, x: Tensor, images: number): Tensor {
  return g.op('StrideFromLanes', [x], { attributes: { images: int(images) } });
}

export interface LanesResult {
  readonly y: Tensor;
  /** Which element of its window each element of `y` is, for the gradients. */
  readonly index: Tensor;
}

/** Adds a convolution; the filter is height × width × in × out. */
export function lanesConv2d(g: Graph, x: Tensor, filter: Tensor, bias: Tensor, conv: LanesConv): LanesResult {
  const [y, index] = g.node('StrideConv2D', [x, filter, bias], {
    attributes: attributesOf(conv),
    outputs: ['float32', 'uint8'],
  }) as [Tensor, Tensor];
  return { y, index };
}

export interface LanesConvGradients {
  /** Has a value only if the input's gradient is asked for. */
  readonly input: Tensor;
  readonly filter: Tensor;
  readonly bias: Tensor;
}

/** Adds the gradients of a convolution from that of its `y`. */
export function lanesConv2dGradients(
  g: Graph,
  { x, filter, dy, index }: Readonly<Record<'x' | 'filter' | 'dy' | 'index', Tensor>>,
  conv: LanesConv,
  needsInput: boolean,
): LanesConvGradients {
  const [dx, dFilter, dBias] = g.node('StrideConv2DGradients', [x, filter, dy, index], {
    attributes: { ...attributesOf(conv), input_gradient: bool(needsInput) },
    outputs: ['float32', 'float32', 'float32'],
  }) as [Tensor, Tensor, Tensor];
  return { input: dx, filter: dFilter, bias: dBias };
}

/** The batch norm after a convolution, for the gradients: what `normaliseGradient` takes. */
export interface NormalisedGradient extends Included {
  /** The convolution's output, the gradient of the batch norm's, and the index that leads it back. */
  readonly x: Tensor;
  readonly dy: Tensor;
  readonly index: Tensor;
  /** The gradient at the convolution's output is ofX · x + scale · d + constant, where d is the one led back. */
  readonly ofX: Tensor;
  readonly scale: Tensor;
  readonly constant: Tensor;
  readonly images: number;
}

/** Adds the gradients of a convolution from that of the batch norm after it. */
export function normalisedConv2dGradients(
  g: Graph,
  { x, filter }: Readonly<Record<'x' | 'filter', Tensor>>,
  norm: NormalisedGradient,
  conv: LanesConv,
  needsInput: boolean,
): LanesConvGradients {
  const inputs = [x, filter, norm.x, norm.dy, norm.index, norm.ofX, norm.scale, norm.constant];
  const [dx, dFilter, dBias] = g.node('StrideNormalisedConv2DGradients', inputs, {
    attributes: {
      ...attributesOf({ ...conv, relu: norm.relu, pool: norm.pool }),
      images: int(norm.images),
      input_gradient: bool(needsInput),
    },
    outputs: ['float32', 'float32', 'float32'],
  }) as [Tensor, Tensor, Tensor];
  return { input: dx, filter: dFilter, bias: dBias };
}
