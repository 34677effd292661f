/** A graph's inputs from outside: constants, and placeholders for fed tensors. */
import { shapeOf, type } from './attributes.ts';
import type { DataType, Graph, Tensor } from './graph.ts';

export function placeholder(g: Graph, name: string, dtype: DataType, shape: readonly number[]): Tensor {
  const attributes = { dtype: type(dtype), shape: shapeOf(shape) };
  return g.op('Placeholder', [], { name, attributes, outputs: [dtype] });
}

export function floats(
  g: Graph,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): Tensor {
  return g.constant({ dtype: 'float32', shape, values });
}

export function scalar(g: Graph, value: number): Tensor {
  return floats(g, [value], []);
}

export function integers(
  g: Graph,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): Tensor {
  return g.constant({ dtype: 'int32', shape, values });
}

export function integer(g: Graph, value: number): Tensor {
  return integers(g, [value], []);
}
