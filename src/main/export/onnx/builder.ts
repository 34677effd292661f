/** An ONNX graph under construction: nodes in order, weights as initializers, and the shape of every value. */
import type { Weights } from '../../../shared/models/trainedModel.ts';
import { type Shape } from '../../../shared/layers/layer.ts';
import { bytesOf } from '../encoded.ts';
import {
  type OnnxAttribute,
  AttributeProto,
  type Node,
  TensorProto,
  type TensorMessage,
  type ValueInfo,
} from './proto.ts';

/** Name of the dimension whose size is known only when the net runs. */
const batch = 'batch';

export type AttributeValue =
  { readonly int: number } | { readonly float: number } | { readonly ints: readonly number[] };

export class OnnxGraph {
  readonly nodes: Node[] = [];
  readonly initializers: TensorMessage[] = [];
  readonly values: ValueInfo[] = [];

  /**
   * Adds a node with one output of the given shape and returns the output's name, which is also the node's.
   */
  node(
    type: string,
    name: string,
    inputs: readonly string[],
    shape: Shape,
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    this.nodes.push({
      opType: type,
      name,
      input: [...inputs],
      output: [name],
      attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    });
    this.values.push(valueOf(name, shape));
    return name;
  }

  /** Adds a float32 constant and returns its name. */
  weights(name: string, { shape, data }: Weights): string {
    this.initializers.push({
      name,
      dims: [...shape],
      dataType: TensorProto.DataType.FLOAT,
      rawData: bytesOf(data),
    });
    return name;
  }

  scalar(name: string, value: number): string {
    return this.weights(name, { shape: [], data: Float32Array.of(value) });
  }
}

function attribute(name: string, value: AttributeValue): OnnxAttribute {
  const { AttributeType } = AttributeProto;
  if ('int' in value) return { name, type: AttributeType.INT, i: value.int };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: [...value.ints] };
}

export function valueOf(name: string, shape: Shape, docString = ''): ValueInfo {
  const sizes = shape.kind === 'map' ? [shape.channels, shape.height, shape.width] : [shape.features];
  const dim = [{ dimParam: batch }, ...sizes.map((dimValue) => ({ dimValue }))];
  return {
    name,
    type: { tensorType: { elemType: TensorProto.DataType.FLOAT, shape: { dim } } },
    ...(docString ? { docString } : {}),
  };
}
