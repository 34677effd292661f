/** Operations that rearrange elements without computing with them: reshaping, slicing, padding, stacking. */
import { int, type } from './attributes.ts';
import { integer, integers, scalar } from './constants.ts';
import type { Graph, Tensor } from './graph.ts';

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
