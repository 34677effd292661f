/**
 * TensorFlow's convolutions and pools for volumes, used on maps whose batch is inside (`ops/batchInside.ts`): tensors are
 * 1 × height × width × batch × channels, and a window leaves the third axis alone. There is no dilation; padding is none
 * or what TensorFlow calls SAME. Filters are height × width × 1 × in × out.
 */
import { ints, string, type } from './attributes.ts';
import { integers } from './constants.ts';
import type { Attribute, Graph, Tensor } from './graph.ts';
import type { PoolWindow, Window } from './windowOperations.ts';

function attributes({
  stride: [sh, sw],
  padding: [ph, pw],
  same = false,
}: Window): Record<string, Attribute> {
  if ((ph > 0 || pw > 0) && !same) throw new Error('for volumes there is no such padding');
  return {
    T: type('float32'),
    data_format: string('NDHWC'),
    strides: ints([1, sh, sw, 1, 1]),
    padding: string(same ? 'SAME' : 'VALID'),
  };
}

const convAttributes = (window: Window): Record<string, Attribute> => ({
  ...attributes(window),
  dilations: ints([1, 1, 1, 1, 1]),
});

export function conv3d(g: Graph, x: Tensor, filter: Tensor, window: Window): Tensor {
  return g.op('Conv3D', [x, filter], { attributes: convAttributes(window) });
}

export function conv3dBackpropInput(
  g: Graph,
  inputShape: Tensor,
  filter: Tensor,
  dy: Tensor,
  window: Window,
): Tensor {
  return g.op('Conv3DBackpropInputV2', [inputShape, filter, dy], {
    attributes: { ...convAttributes(window), Tshape: type('int32') },
  });
}

export function conv3dBackpropFilter(
  g: Graph,
  x: Tensor,
  filterShape: readonly number[],
  dy: Tensor,
  window: Window,
): Tensor {
  return g.op('Conv3DBackpropFilterV2', [x, integers(g, filterShape), dy], {
    attributes: convAttributes(window),
  });
}

const poolAttributes = (window: PoolWindow): Record<string, Attribute> => ({
  ...attributes(window),
  ksize: ints([1, window.kernel[0], window.kernel[1], 1, 1]),
});

export function maxPool3d(g: Graph, x: Tensor, window: PoolWindow): Tensor {
  return g.op('MaxPool3D', [x], { attributes: poolAttributes(window) });
}

export function maxPool3dGrad(g: Graph, x: Tensor, y: Tensor, dy: Tensor, window: PoolWindow): Tensor {
  return g.op('MaxPool3DGrad', [x, y, dy], {
    attributes: { ...poolAttributes(window), TInput: type('float32') },
  });
}

export function avgPool3d(g: Graph, x: Tensor, window: Omit<PoolWindow, 'padding'>): Tensor {
  return g.op('AvgPool3D', [x], { attributes: poolAttributes({ ...window, padding: [0, 0] }) });
}

export function avgPool3dGrad(
  g: Graph,
  inputShape: Tensor,
  dy: Tensor,
  window: Omit<PoolWindow, 'padding'>,
): Tensor {
  return g.op('AvgPool3DGrad', [inputShape, dy], {
    attributes: poolAttributes({ ...window, padding: [0, 0] }),
  });
}
