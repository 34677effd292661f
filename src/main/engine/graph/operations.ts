/**
 * TensorFlow's operations as the engine uses them, one thin function each, with the names, inputs and
 * attributes of TensorFlow's op registry. Tensors are float32 and images are batch × height × width ×
 * channels (NHWC) unless a line says otherwise. Convolutions, pools and operations on state are in files of
 * their own.
 */
import { bool, float, int, nhwc, string, type } from './attributes.ts';
import { scalar, integers, integer } from './constants.ts';
import type { DataType, Graph, Tensor } from './graph.ts';
import type { OpName } from './opTable.ts';

export * from './constants.ts';
export * from './stateOperations.ts';
export * from './volumeOperations.ts';
export * from './windowOperations.ts';

function elementWise(op: OpName) {
  return (g: Graph, ...inputs: Tensor[]): Tensor =>
    g.op(op, inputs, {
      attributes: { T: type(inputs[0]?.dtype ?? 'float32') },
      outputs: [inputs[0]?.dtype ?? 'float32'],
    });
}

export const add = elementWise('AddV2');
export const subtract = elementWise('Sub');
export const multiply = elementWise('Mul');
export const divide = elementWise('RealDiv');
export const minimum = elementWise('Minimum');
export const maximum = elementWise('Maximum');
export const negate = elementWise('Neg');
export const square = elementWise('Square');
export const squareRoot = elementWise('Sqrt');
export const reciprocalSquareRoot = elementWise('Rsqrt');
export const exponential = elementWise('Exp');
export const exponentialMinusOne = elementWise('Expm1');
export const errorFunction = elementWise('Erf');
export const absolute = elementWise('Abs');
export const cosine = elementWise('Cos');
export const sine = elementWise('Sin');

export const relu = elementWise('Relu');
export const elu = elementWise('Elu');
export const selu = elementWise('Selu');
export const sigmoid = elementWise('Sigmoid');
export const tanh = elementWise('Tanh');
export const softplus = elementWise('Softplus');
/** (dy, y) → dx */
export const reluGrad = elementWise('ReluGrad');
/** (dy, y) → dx */
export const eluGrad = elementWise('EluGrad');
/** (dy, y) → dx */
export const seluGrad = elementWise('SeluGrad');
/** (y, dy) → dx */
export const sigmoidGrad = elementWise('SigmoidGrad');
/** (y, dy) → dx */
export const tanhGrad = elementWise('TanhGrad');
/** (dy, x) → dx */
export const softplusGrad = elementWise('SoftplusGrad');

export function leakyReluGrad(g: Graph, dy: Tensor, x: Tensor, alpha: number): Tensor {
  return g.op('LeakyReluGrad', [dy, x], { attributes: { T: type('float32'), alpha: float(alpha) } });
}

function comparison(op: OpName) {
  return (g: Graph, a: Tensor, b: Tensor): Tensor =>
    g.op(op, [a, b], { attributes: { T: type(a.dtype) }, outputs: ['bool'] });
}
export const greater = comparison('Greater');
export const greaterEqual = comparison('GreaterEqual');
export const equal = comparison('Equal');

export function select(g: Graph, condition: Tensor, then: Tensor, otherwise: Tensor): Tensor {
  return g.op('SelectV2', [condition, then, otherwise], {
    attributes: { T: type(then.dtype) },
    outputs: [then.dtype],
  });
}

export function isFinite(g: Graph, x: Tensor): Tensor {
  return g.op('IsFinite', [x], { attributes: { T: type('float32') }, outputs: ['bool'] });
}

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

export function reshape(g: Graph, x: Tensor, shape: readonly number[] | Tensor): Tensor {
  const to = 'node' in shape ? shape : integers(g, shape);
  return g.op('Reshape', [x, to], {
    attributes: { T: type(x.dtype), Tshape: type('int32') },
    outputs: [x.dtype],
  });
}

export function transpose(g: Graph, x: Tensor, permutation: readonly number[]): Tensor {
  return g.op('Transpose', [x, integers(g, permutation)], {
    attributes: { T: type(x.dtype), Tperm: type('int32') },
    outputs: [x.dtype],
  });
}

export function shape(g: Graph, x: Tensor): Tensor {
  return g.op('Shape', [x], {
    attributes: { T: type(x.dtype), out_type: type('int32') },
    outputs: ['int32'],
  });
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

/** Stacks tensors of one shape along a new first axis. */
export function pack(g: Graph, inputs: readonly Tensor[], axis = 0): Tensor {
  const dtype = inputs[0]?.dtype ?? 'float32';
  return g.op('Pack', inputs, {
    attributes: { N: int(inputs.length), T: type(dtype), axis: int(axis) },
    outputs: [dtype],
  });
}

export function unpack(g: Graph, x: Tensor, count: number, name?: string): Tensor[] {
  return g.node('Unpack', [x], {
    attributes: { num: int(count), T: type(x.dtype), axis: int(0) },
    outputs: Array.from({ length: count }, () => x.dtype),
    ...(name ? { name } : {}),
  });
}

/** Splits a tensor along the first axis. */
export function split(g: Graph, x: Tensor, sizes: readonly number[]): Tensor[] {
  return g.node('SplitV', [x, integers(g, sizes), integer(g, 0)], {
    attributes: { num_split: int(sizes.length), T: type(x.dtype), Tlen: type('int32') },
    outputs: sizes.map(() => x.dtype),
  });
}

export function concat(g: Graph, inputs: readonly Tensor[], axis: number): Tensor {
  const [only] = inputs;
  if (!only) throw new Error('concat needs a tensor');
  if (inputs.length === 1) return only;
  return g.op('ConcatV2', [...inputs, integer(g, axis)], {
    attributes: { N: int(inputs.length), T: type(only.dtype), Tidx: type('int32') },
    outputs: [only.dtype],
  });
}

/** Selects entries along the first axis. */
export function gather(g: Graph, x: Tensor, indices: readonly number[]): Tensor {
  return g.op('GatherV2', [x, integers(g, indices), integer(g, 0)], {
    attributes: { Tparams: type(x.dtype), Tindices: type('int32'), Taxis: type('int32'), batch_dims: int(0) },
    outputs: [x.dtype],
  });
}

/** Adds row i to row `places[i]` of a result with `count` rows; a row with a negative place is dropped. */
export function unsortedSegmentSum(g: Graph, x: Tensor, places: readonly number[], count: number): Tensor {
  return g.op('UnsortedSegmentSum', [x, integers(g, places), integer(g, count)], {
    attributes: { T: type(x.dtype), Tindices: type('int32'), Tnumsegments: type('int32') },
    outputs: [x.dtype],
  });
}

/** Cuts out a block; a size of −1 extends to the end of the axis. */
export function slice(g: Graph, x: Tensor, begin: readonly number[], sizes: readonly number[]): Tensor {
  return g.op('Slice', [x, integers(g, begin), integers(g, sizes)], {
    attributes: { T: type(x.dtype), Index: type('int32') },
    outputs: [x.dtype],
  });
}

/** Takes every `steps[i]`th element along axis i, starting with the first. */
export function everyNth(g: Graph, x: Tensor, steps: readonly number[]): Tensor {
  const whole = 2 ** steps.length - 1;
  const anywhere = integers(
    g,
    steps.map(() => 0),
  );
  return g.op('StridedSlice', [x, anywhere, anywhere, integers(g, steps)], {
    attributes: {
      T: type(x.dtype),
      Index: type('int32'),
      // There is one bit per axis; begin and end are ignored.
      begin_mask: int(whole),
      end_mask: int(whole),
      ellipsis_mask: int(0),
      new_axis_mask: int(0),
      shrink_axis_mask: int(0),
    },
    outputs: [x.dtype],
  });
}

export function reverse(g: Graph, x: Tensor, axes: readonly number[]): Tensor {
  return g.op('ReverseV2', [x, integers(g, axes)], {
    attributes: { T: type(x.dtype), Tidx: type('int32') },
    outputs: [x.dtype],
  });
}

/** Pads a tensor with zeros; paddings are [before, after] per axis. */
export function pad(g: Graph, x: Tensor, paddings: readonly (readonly [number, number])[]): Tensor {
  return g.op('Pad', [x, integers(g, paddings.flat(), [paddings.length, 2])], {
    attributes: { T: type(x.dtype), Tpaddings: type('int32') },
    outputs: [x.dtype],
  });
}

/** Pads a tensor with a constant; paddings are [before, after] per axis. */
export function padWith(
  g: Graph,
  x: Tensor,
  paddings: readonly (readonly [number, number])[],
  value: number,
): Tensor {
  const around = integers(g, paddings.flat(), [paddings.length, 2]);
  return g.op('PadV2', [x, around, scalar(g, value)], {
    attributes: { T: type(x.dtype), Tpaddings: type('int32') },
    outputs: [x.dtype],
  });
}

export function broadcastTo(g: Graph, x: Tensor, to: Tensor): Tensor {
  return g.op('BroadcastTo', [x, to], {
    attributes: { T: type(x.dtype), Tidx: type('int32') },
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
