/** TensorFlow's operations that slide a window over maps: convolutions, pools, and their gradients. */
import { bool, ints, nhwc, string, type } from './attributes.ts';
import { integers } from './constants.ts';
import type { Attribute, Graph, Tensor } from './graph.ts';

/** Geometry of a sliding window, per axis, height first. */
export interface WindowGeometry {
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  /**
   * Whether the padding is what TensorFlow calls SAME. A conv's gradients are then computed by oneDNN; with
   * explicit padding they are not.
   */
  readonly same?: boolean;
}

function windowAttributes({
  stride,
  padding: [ph, pw],
  same = false,
}: WindowGeometry): Record<string, Attribute> {
  const explicit = (ph > 0 || pw > 0) && !same;
  return {
    T: type('float32'),
    data_format: nhwc,
    strides: ints([1, stride[0], stride[1], 1]),
    padding: string(explicit ? 'EXPLICIT' : same ? 'SAME' : 'VALID'),
    explicit_paddings: ints(explicit ? [0, 0, ph, ph, pw, pw, 0, 0] : []),
  };
}

function convAttributes(
  window: WindowGeometry,
  dilation: readonly [number, number],
): Record<string, Attribute> {
  return {
    ...windowAttributes(window),
    dilations: ints([1, dilation[0], dilation[1], 1]),
    use_cudnn_on_gpu: bool(false),
  };
}

/** Adds a convolution; filters are height × width × in × out. */
export function conv2d(
  g: Graph,
  x: Tensor,
  filter: Tensor,
  window: WindowGeometry,
  dilation: readonly [number, number],
): Tensor {
  return g.op('Conv2D', [x, filter], { attributes: convAttributes(window, dilation) });
}

/**
 * Adds the input's gradient. Dilation is allowed only if oneDNN is sure to compute it, because TensorFlow's
 * own kernels refuse it here.
 */
export function conv2dBackpropInput(
  g: Graph,
  inputShape: Tensor,
  filter: Tensor,
  dy: Tensor,
  window: WindowGeometry,
  dilation: readonly [number, number] = [1, 1],
): Tensor {
  return g.op('Conv2DBackpropInput', [inputShape, filter, dy], {
    attributes: convAttributes(window, dilation),
  });
}

/**
 * Adds the filter's gradient. Dilation is allowed only if oneDNN is sure to compute it, as above. A 1×1
 * filter with a stride is not allowed: oneDNN's kernel for it writes past the end of its memory if the number
 * of channels is not a multiple of eight (TensorFlow 2.21).
 */
export function conv2dBackpropFilter(
  g: Graph,
  x: Tensor,
  filterShape: readonly number[],
  dy: Tensor,
  window: WindowGeometry,
  dilation: readonly [number, number] = [1, 1],
): Tensor {
  return g.op('Conv2DBackpropFilter', [x, integers(g, filterShape), dy], {
    attributes: convAttributes(window, dilation),
  });
}

/**
 * Returns each window's pixels in one row: batch × height × width × (kh·kw·channels), with the channel
 * varying fastest.
 */
export function extractImagePatches(
  g: Graph,
  x: Tensor,
  kernel: readonly [number, number],
  stride: readonly [number, number],
  dilation: readonly [number, number],
): Tensor {
  const spatial = ([h, w]: readonly [number, number]) => ints([1, h, w, 1]);
  return g.op('ExtractImagePatches', [x], {
    attributes: {
      T: type('float32'),
      ksizes: spatial(kernel),
      strides: spatial(stride),
      rates: spatial(dilation),
      padding: string('VALID'),
    },
  });
}

export interface PoolWindow extends WindowGeometry {
  readonly kernel: readonly [number, number];
}

const poolAttributes = (window: PoolWindow): Record<string, Attribute> => ({
  ...windowAttributes(window),
  ksize: ints([1, window.kernel[0], window.kernel[1], 1]),
});

export function maxPool(g: Graph, x: Tensor, window: PoolWindow): Tensor {
  return g.op('MaxPool', [x], { attributes: poolAttributes(window) });
}

export function maxPoolGrad(g: Graph, x: Tensor, y: Tensor, dy: Tensor, window: PoolWindow): Tensor {
  return g.op('MaxPoolGrad', [x, y, dy], { attributes: poolAttributes(window) });
}

/** Adds an average pool without padding, because TensorFlow's average does not count padding. */
export function avgPool(g: Graph, x: Tensor, window: Omit<PoolWindow, 'padding'>): Tensor {
  const { explicit_paddings: _none, ...attributes } = poolAttributes({ ...window, padding: [0, 0] });
  return g.op('AvgPool', [x], { attributes });
}

export function avgPoolGrad(
  g: Graph,
  inputShape: Tensor,
  dy: Tensor,
  window: Omit<PoolWindow, 'padding'>,
): Tensor {
  const { explicit_paddings: _none, ...attributes } = poolAttributes({ ...window, padding: [0, 0] });
  return g.op('AvgPoolGrad', [inputShape, dy], { attributes });
}
