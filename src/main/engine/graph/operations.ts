/**
 * TensorFlow's operations as the engine uses them, one thin function each, with the names, inputs and
 * attributes of TensorFlow's op registry. Tensors are float32 and images are batch × height × width ×
 * channels (NHWC) unless a line says otherwise. Element-wise operations, those that rearrange
 * elements, convolutions, pools and operations on state are in files of their own.
 */
import { bool, int, nhwc, string, type } from './attributes.ts';
import { integer, integers, scalar } from './constants.ts';
import type { DataType, Graph, Tensor } from './graph.ts';
import type { OpName } from './opTable.ts';

export * from './constants.ts';
export * from './elementOperations.ts';
export * from './shapeOperations.ts';
export * from './stateOperations.ts';
export * from './volumeOperations.ts';
export * from './windowOperations.ts';

/** Returns the sum of tensors of one shape. A single tensor is returned as it is. */
export function addN(g: Graph, inputs: readonly Tensor[], name?: string): Tensor {
  const [only] = inputs;
  if (!only) throw new Error('addN needs a tensor');
  if (inputs.length === 1) return only;
  return g.op('AddN', inputs, {
    attributes: { N: int(inputs.length), T: type(only.dtype) },
    outputs: [only.dtype],
    ...(name ? { name } : {}),
  });
}

export function identity(
  g: Graph,
  x: Tensor,
  options: { control?: readonly string[]; name?: string } = {},
): Tensor {
  return g.op('Identity', [x], { ...options, attributes: { T: type(x.dtype) }, outputs: [x.dtype] });
}

/** Copies a tensor into memory of its own. */
export function deepCopy(g: Graph, x: Tensor): Tensor {
  return g.op('DeepCopy', [x], { attributes: { T: type(x.dtype) }, outputs: [x.dtype] });
}

export function cast(g: Graph, x: Tensor, to: DataType): Tensor {
  if (x.dtype === to) return x;
  return g.op('Cast', [x], { attributes: { SrcT: type(x.dtype), DstT: type(to) }, outputs: [to] });
}

/** Returns the number of elements as a float32 scalar. */
export function size(g: Graph, x: Tensor): Tensor {
  const count = g.op('Size', [x], {
    attributes: { T: type(x.dtype), out_type: type('int32') },
    outputs: ['int32'],
  });
  return cast(g, count, 'float32');
}

function reduction(op: OpName) {
  return (g: Graph, x: Tensor, axes: readonly number[], keep = false): Tensor =>
    g.op(op, [x, integers(g, axes)], {
      attributes: { T: type(x.dtype), Tidx: type('int32'), keep_dims: bool(keep) },
      outputs: [x.dtype],
    });
}
export const sum = reduction('Sum');
export const mean = reduction('Mean');
export const largest = reduction('Max');

export function all(g: Graph, x: Tensor, axes: readonly number[]): Tensor {
  return g.op('All', [x, integers(g, axes)], {
    attributes: { Tidx: type('int32'), keep_dims: bool(false) },
    outputs: ['bool'],
  });
}

export function argMax(g: Graph, x: Tensor, axis: number): Tensor {
  return g.op('ArgMax', [x, integer(g, axis)], {
    attributes: { T: type(x.dtype), Tidx: type('int32'), output_type: type('int32') },
    outputs: ['int32'],
  });
}

/** Adds row i to row `places[i]` of a result with `count` rows; a row with a negative place is dropped. */
export function unsortedSegmentSum(g: Graph, x: Tensor, places: readonly number[], count: number): Tensor {
  return g.op('UnsortedSegmentSum', [x, integers(g, places), integer(g, count)], {
    attributes: { T: type(x.dtype), Tindices: type('int32'), Tnumsegments: type('int32') },
    outputs: [x.dtype],
  });
}

export function oneHot(g: Graph, indices: Tensor, depth: number): Tensor {
  return g.op('OneHot', [indices, integer(g, depth), scalar(g, 1), scalar(g, 0)], {
    attributes: { T: type('float32'), TI: type(indices.dtype), axis: int(-1) },
  });
}

export function matMul(g: Graph, a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  return g.op('MatMul', [a, b], {
    attributes: { T: type('float32'), transpose_a: bool(transposeA), transpose_b: bool(transposeB) },
  });
}

export function biasAdd(g: Graph, x: Tensor, bias: Tensor): Tensor {
  return g.op('BiasAdd', [x, bias], { attributes: { T: type('float32'), data_format: nhwc } });
}

/** Returns the sum over all axes but the last. */
export function biasAddGrad(g: Graph, dy: Tensor): Tensor {
  return g.op('BiasAddGrad', [dy], { attributes: { T: type('float32'), data_format: nhwc } });
}

/** Takes int32 labels and returns the loss per example and its gradient with respect to the logits. */
export function sparseSoftmaxCrossEntropy(
  g: Graph,
  logits: Tensor,
  labels: Tensor,
): { loss: Tensor; gradient: Tensor } {
  const [loss, gradient] = g.node('SparseSoftmaxCrossEntropyWithLogits', [logits, labels], {
    attributes: { T: type('float32'), Tlabels: type('int32') },
    outputs: ['float32', 'float32'],
  }) as [Tensor, Tensor];
  return { loss, gradient };
}

/** Does the same as `sparseSoftmaxCrossEntropy` with a distribution over the classes as the label. */
export function softmaxCrossEntropy(
  g: Graph,
  logits: Tensor,
  labels: Tensor,
): { loss: Tensor; gradient: Tensor } {
  const [loss, gradient] = g.node('SoftmaxCrossEntropyWithLogits', [logits, labels], {
    attributes: { T: type('float32') },
    outputs: ['float32', 'float32'],
  }) as [Tensor, Tensor];
  return { loss, gradient };
}

export function softmax(g: Graph, logits: Tensor): Tensor {
  return g.op('Softmax', [logits], { attributes: { T: type('float32') } });
}

/** Draws uniform numbers in [0, 1) that depend on the seed (two int32) alone. */
export function statelessUniform(g: Graph, shapeTensor: Tensor, seed: Tensor): Tensor {
  return g.op('StatelessRandomUniform', [shapeTensor, seed], {
    attributes: { dtype: type('float32'), T: type('int32'), Tseed: type('int32') },
  });
}

/** Draws standard normal numbers that depend on the seed (two int32) alone. */
export function statelessNormal(g: Graph, shapeTensor: Tensor, seed: Tensor): Tensor {
  return g.op('StatelessRandomNormal', [shapeTensor, seed], {
    attributes: { dtype: type('float32'), T: type('int32'), Tseed: type('int32') },
  });
}

/**
 * Applies projective transforms (eight numbers per image) with bilinear interpolation; outside the image is
 * zero.
 */
export function projectiveTransform(
  g: Graph,
  images: Tensor,
  transforms: Tensor,
  outputShape: Tensor,
): Tensor {
  return g.op('ImageProjectiveTransformV3', [images, transforms, outputShape, scalar(g, 0)], {
    attributes: { dtype: type('float32'), interpolation: string('BILINEAR'), fill_mode: string('CONSTANT') },
  });
}
