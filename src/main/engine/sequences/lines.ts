/**
 * The lines of a sequence's program: how `src/native/sequence/program.h` is told to compute a node. TensorFlow's operations have
 * names and inputs of their own there, with shapes and axes as attributes.
 */
import type { Attribute, Constant, DataType, GraphNode, Tensor } from '../graph/graph.ts';
import { isOwn } from '../graph/opTable.ts';

/** A line without the numbers of its inputs. */
export interface ProgramLine {
  readonly operation: string;
  readonly inputs: readonly Tensor[];
  readonly attributes: Readonly<Record<string, string>>;
}

/** A tensor that is another shape of `of`, or a part of it from element `from` on. */
export interface View {
  readonly of: Tensor;
  readonly attributes: Readonly<Record<string, string>>;
}

type ConstantOf = (tensor: Tensor | undefined) => Constant | undefined;

const numbers = (values: readonly number[]) => values.join(',');

function written(attribute: Attribute): string | undefined {
  switch (attribute.kind) {
    case 'int':
    case 'float':
      return String(attribute.value);
    case 'ints':
      return numbers(attribute.value);
    case 'bool':
      return attribute.value ? '1' : '0';
    default:
      return undefined;
  }
}

function ownAttributes({ attributes }: GraphNode): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, attribute]) => {
      const text = written(attribute);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

const isTrue = ({ attributes }: GraphNode, name: string) => attributes[name]?.value === true;
const isOfType = ({ attributes }: GraphNode, name: string, dtype: DataType) =>
  attributes[name]?.value === dtype;

function hasValues(constant: Constant | undefined, values: readonly number[]): boolean {
  return constant !== undefined && numbers(constant.values) === numbers(values);
}

type LineOf = (node: GraphNode, constantOf: ConstantOf) => Omit<ProgramLine, 'operation'> | undefined;

const asItIs: LineOf = (node) => ({ inputs: node.inputs, attributes: {} });
const ofFloats: LineOf = (node, constantOf) =>
  isOfType(node, 'T', 'float32') ? asItIs(node, constantOf) : undefined;

/** A reduction whose last input is the axes. */
const along =
  (axes: readonly number[], keep: boolean): LineOf =>
  (node, constantOf) =>
    isOfType(node, 'T', 'float32') &&
    hasValues(constantOf(node.inputs[1]), axes) &&
    isTrue(node, 'keep_dims') === keep
      ? { inputs: node.inputs.slice(0, 1), attributes: {} }
      : undefined;

/** A pool whose windows lie side by side. */
const sideBySide: LineOf = ({ inputs, attributes: { ksize, strides, padding } }) =>
  ksize?.kind === 'ints' &&
  strides?.kind === 'ints' &&
  padding?.value === 'VALID' &&
  numbers(ksize.value) === numbers(strides.value)
    ? { inputs, attributes: { kernel: numbers(ksize.value.slice(1, 3)) } }
    : undefined;

/** TensorFlow's operations that sequences know. */
const lines: Readonly<Record<string, LineOf>> = {
  AddN: ofFloats,
  AddV2: ofFloats,
  AvgPool: sideBySide,
  AvgPoolGrad: sideBySide,
  BiasAdd: ofFloats,
  BiasAddGrad: ofFloats,
  BroadcastTo: ofFloats,
  ConcatV2: (node, constantOf) =>
    isOfType(node, 'T', 'float32') && hasValues(constantOf(node.inputs.at(-1)), [0])
      ? { inputs: node.inputs.slice(0, -1), attributes: {} }
      : undefined,
  MatMul: (node) => ({ inputs: node.inputs, attributes: ownAttributes(node) }),
  Mean: along([1, 2], true),
  Mul: ofFloats,
  Relu: ofFloats,
  ReluGrad: ofFloats,
  Shape: (node, constantOf) => (isOfType(node, 'out_type', 'int32') ? asItIs(node, constantOf) : undefined),
  SparseSoftmaxCrossEntropyWithLogits: (node, constantOf) =>
    isOfType(node, 'Tlabels', 'int32') ? asItIs(node, constantOf) : undefined,
  Sum: along([0], false),
  Tanh: ofFloats,
  TanhGrad: ofFloats,
};

/** Operations that change a variable, whose value they take instead of the variable itself. */
const effects: Readonly<Record<string, LineOf>> = {
  AssignVariableOp: (node, constantOf) =>
    isOfType(node, 'dtype', 'float32') ? asItIs(node, constantOf) : undefined,
  ResourceApplyGradientDescent: ofFloats,
  ResourceApplyMomentum: (node) =>
    isOfType(node, 'T', 'float32') ? { inputs: node.inputs, attributes: ownAttributes(node) } : undefined,
  StrideLinearStep: (node) => ({ inputs: node.inputs, attributes: ownAttributes(node) }),
};

/** Returns the line of a node that computes something; undefined if sequences do not know it. */
export function lineOf(node: GraphNode, constantOf: ConstantOf): ProgramLine | undefined {
  if (node.op in effects) return undefined;
  if (isOwn(node.op)) return { operation: node.op, inputs: node.inputs, attributes: ownAttributes(node) };
  const line = lines[node.op]?.(node, constantOf);
  return line && { operation: node.op, ...line };
}

/** Returns the line of a node that changes a variable; undefined if sequences do not know it. */
export function effectOf(node: GraphNode, constantOf: ConstantOf): ProgramLine | undefined {
  const line = effects[node.op]?.(node, constantOf);
  return line && { operation: node.op, ...line };
}

/** Returns what an output of a node is a view of; undefined if it is none. `isFlat` tells whether a tensor is known to have one axis. */
export function viewOf(
  node: GraphNode,
  output: number,
  constantOf: ConstantOf,
  isFlat: (tensor: Tensor) => boolean,
): View | undefined {
  const [of, second] = node.inputs;
  if (!of || node.control.length > 0) return undefined;
  const sizes = constantOf(second);
  switch (node.op) {
    case 'Reshape':
      return sizes && { of, attributes: { from: '0', shape: numbers(sizes.values) } };
    case 'SplitV':
      return sizes && isFlat(of)
        ? {
            of,
            attributes: {
              from: String(sizes.values.slice(0, output).reduce((a, b) => a + b, 0)),
              shape: String(sizes.values[output]),
            },
          }
        : undefined;
    case 'Unpack':
      return isFlat(of) ? { of, attributes: { from: String(output), shape: '' } } : undefined;
    case 'Snapshot':
      return { of, attributes: { from: '0', same: '1' } };
    default:
      return undefined;
  }
}

/** Returns whether a node gathers the rows that an input of the graph names. */
export const gathersRows = ({ op, inputs: [, indices] }: GraphNode, fed: ReadonlySet<string>): boolean =>
  op === 'ResourceGather' && indices !== undefined && fed.has(indices.node);
