/**
 * The gradients of TensorFlow's convolutions of volumes, used on HWNC maps (`ops/hwnc.ts`): tensors are 1 ×
 * height × width × batch × channels, and windows have size 1 along the batch axis. There is no dilation;
 * padding is none or what TensorFlow calls SAME. Filters are height × width × 1 × in × out.
 */
import { ints, string, type } from './attributes.ts';
import { integers } from './constants.ts';
import type { Attribute, Graph, Tensor } from './graph.ts';
import type { WindowGeometry } from './windowOperations.ts';

function attributes({
  stride: [sh, sw],
  padding: [ph, pw],
  same = false,
}: WindowGeometry): Record<string, Attribute> {
  if ((ph > 0 || pw > 0) && !same) throw new Error('for volumes there is no such padding');
  return {
    T: type('float32'),
    data_format: string('NDHWC'),
    strides: ints([1, sh, sw, 1, 1]),
    padding: string(same ? 'SAME' : 'VALID'),
  };
}

const convAttributes = (window: WindowGeometry): Record<string, Attribute> => ({
  ...attributes(window),
  dilations: ints([1, 1, 1, 1, 1]),
});

export function conv3dBackpropFilter(
  g: Graph,
  x: Tensor,
  filterShape: readonly number[],
  dy: Tensor,
  window: WindowGeometry,
): Tensor {
  return g.op('Conv3DBackpropFilterV2', [x, integers(g, filterShape), dy], {
    attributes: convAttributes(window),
  });
}
