/**
 * TensorFlow's operations on state that outlives a call of the session: variables, optimizer updates and
 * files.
 */
import { bool, int, shapeOf, string, type } from './attributes.ts';
import { integer } from './constants.ts';
import type { DataType, Graph, Tensor } from './graph.ts';

export interface Variable {
  readonly handle: Tensor;
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

export function variable(g: Graph, name: string, dtype: DataType, dims: readonly number[]): Variable {
  const handle = g.op('VarHandleOp', [], {
    name,
    attributes: {
      dtype: type(dtype),
      shape: shapeOf(dims),
      shared_name: string(name),
      container: string(''),
    },
    outputs: ['resource'],
  });
  return { handle, dtype, shape: dims };
}

export function readVariable(g: Graph, { handle, dtype }: Variable, control: readonly string[] = []): Tensor {
  return g.op('ReadVariableOp', [handle], { attributes: { dtype: type(dtype) }, outputs: [dtype], control });
}

/** Returns the node's name, for control edges. */
export function assignVariable(
  g: Graph,
  target: Variable,
  value: Tensor,
  control: readonly string[] = [],
): string {
  return g.effect('AssignVariableOp', [target.handle, value], {
    attributes: { dtype: type(target.dtype), validate_shape: bool(false) },
    control,
  });
}

/** Selects rows of a variable; indices are int32. */
export function gatherVariable(g: Graph, source: Variable, indices: Tensor): Tensor {
  return g.op('ResourceGather', [source.handle, indices], {
    attributes: {
      dtype: type(source.dtype),
      Tindices: type('int32'),
      batch_dims: int(0),
      validate_indices: bool(true),
    },
    outputs: [source.dtype],
  });
}

/**
 * Reads `length` bytes of the file at `path` (a string scalar), starting at `offset`, as a flat uint8 tensor.
 * The rest is cut off while the data is still a string, because TensorFlow returns a string's memory to the
 * system but keeps that of numeric tensors.
 */
export function readBytes(g: Graph, path: Tensor, offset: number, length: number): Tensor {
  const contents = g.op('ReadFile', [path], { outputs: ['string'] });
  const wanted = g.op('Substr', [contents, integer(g, offset), integer(g, length)], {
    attributes: { T: type('int32'), unit: string('BYTE') },
    outputs: ['string'],
  });
  return g.op('DecodeRaw', [wanted], {
    attributes: { out_type: type('uint8'), little_endian: bool(true) },
    outputs: ['uint8'],
  });
}

/**
 * Adds accumulator ← momentum·accumulator + gradient and variable ← variable − learningRate·accumulator (or
 * Nesterov's variant).
 */
export function applyMomentum(
  g: Graph,
  target: Variable,
  accumulator: Variable,
  learningRate: Tensor,
  gradient: Tensor,
  momentum: Tensor,
  nesterov: boolean,
): string {
  return g.effect(
    'ResourceApplyMomentum',
    [target.handle, accumulator.handle, learningRate, gradient, momentum],
    {
      attributes: { T: type('float32'), use_locking: bool(false), use_nesterov: bool(nesterov) },
    },
  );
}

export function applyGradientDescent(
  g: Graph,
  target: Variable,
  learningRate: Tensor,
  gradient: Tensor,
): string {
  return g.effect('ResourceApplyGradientDescent', [target.handle, learningRate, gradient], {
    attributes: { T: type('float32'), use_locking: bool(false) },
  });
}
