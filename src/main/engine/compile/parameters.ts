/**
 * A net's parameters as variables of the graph: how each lies in memory, how it gets there from PyTorch's order and
 * back, and its initial value from the seed.
 */
import type { NamedTensor } from '../../../shared/runs/checkpoint.ts';
import type { ParameterSpec } from '../../../shared/layers/layer.ts';
import type { NetworkSummary } from '../../../shared/network/shapes.ts';
import type { Initialisation } from '../../../shared/training/training.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import {
  type Variable,
  assignVariable,
  concat,
  deepCopy,
  identity,
  placeholder,
  readVariable,
  reshape,
  scalar,
  split,
  transpose,
} from '../graph/operations.ts';
import type { Layout } from '../ops/op.ts';
import { type Generator, normal, uniform } from '../random/generator.ts';

/** A parameter under its full name, `<index>.<name>` as in the `state_dict` of an `nn.Sequential`. */
export interface Parameter {
  readonly name: string;
  readonly spec: ParameterSpec;
}

/** A tensor under its name in checkpoints, with its shape and layout in PyTorch. */
export interface Stored {
  readonly key: string;
  readonly shape: readonly number[];
  readonly layout: Layout;
}

/**
 * A flat variable of the graph and the tensors stored in it one after another, each in TensorFlow's layout.
 */
export interface Packed {
  readonly variable: Variable;
  readonly members: readonly Stored[];
}

/**
 * Largest number of elements for a parameter to share a variable with others. An optimizer takes one step for
 * all parameters in a variable, which saves the overhead of operations on small tensors; a larger parameter
 * would cost more in copies than it saves.
 */
const largestShared = 16_384;

/**
 * Returns the parameters that share each variable. An untrained tensor has a variable of its own because it
 * is assigned rather than stepped, and so has one whose gradient is a product that its step is taken with.
 */
export function packing(
  parameters: readonly Parameter[],
  isProduct: (spec: ParameterSpec) => boolean = () => false,
): Parameter[][] {
  const mayShare = ({ spec }: Parameter) =>
    spec.trainable && !isProduct(spec) && elementsOf(spec.shape) <= largestShared;
  const shared = parameters.filter(mayShare);
  const alone = parameters.filter((parameter) => !mayShare(parameter)).map((parameter) => [parameter]);
  return shared.length > 0 ? [shared, ...alone] : alone;
}

const elementsOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
export const sizesOf = (parameters: readonly Parameter[]) =>
  parameters.map(({ spec }) => elementsOf(spec.shape));

/** Splits a packed variable's value into its parts, flat and in their layouts. */
export function partsOf(g: Graph, value: Tensor, sizes: readonly number[]): Tensor[] {
  return sizes.length === 1 ? [value] : split(g, value, sizes);
}

/** Concatenates tensors of any shape into a packed value; the inverse of `partsOf`. */
export function packed(g: Graph, parts: readonly Tensor[]): Tensor {
  return concat(
    g,
    parts.map((part) => reshape(g, part, [-1])),
    0,
  );
}

/** Returns the parameters in the order in which PyTorch creates them. */
export function parametersOf(summary: NetworkSummary): Parameter[] {
  return summary.layers.flatMap(({ index, parameters }) =>
    parameters.map((spec) => ({ name: `${index}.${spec.name}`, spec })),
  );
}

/**
 * Draws every parameter's initial value, in PyTorch's order and layouts. With an initialisation other than
 * the default, weights are drawn a second time afterwards, as in a script that creates its layers first and
 * then applies `torch.nn.init` to them.
 */
export function initialParameters(
  parameters: readonly Parameter[],
  generator: Generator,
  initialisation: Initialisation = { type: 'default' },
): NamedTensor[] {
  const made = parameters.map(({ name, spec }) => ({
    name,
    shape: spec.shape,
    data: defaultValue(spec, generator),
  }));
  if (initialisation.type === 'default') return made;
  return made.map((tensor, i) => {
    const { spec } = parameters[i] as Parameter;
    return spec.role === 'matrix'
      ? { ...tensor, data: chosenValue(spec, generator, initialisation) }
      : tensor;
  });
}

const lengthOf = ({ shape }: ParameterSpec) => elementsOf(shape);

function defaultValue(spec: ParameterSpec, generator: Generator): Float32Array {
  const { initial } = spec;
  return initial.kind === 'uniform'
    ? uniform(generator, lengthOf(spec), -initial.bound, initial.bound)
    : new Float32Array(lengthOf(spec)).fill(initial.value);
}

/** Draws a weight as `torch.nn.init.kaiming_*_(w, nonlinearity='relu')` or `xavier_*_(w)` does. */
function chosenValue(
  spec: ParameterSpec,
  generator: Generator,
  initialisation: Exclude<Initialisation, { type: 'default' }>,
): Float32Array {
  const length = lengthOf(spec);
  const kaiming = Math.sqrt(2 / spec.fanIn);
  const xavier = Math.sqrt(2 / (spec.fanIn + spec.fanOut));
  const evenly = (deviation: number) => {
    const bound = Math.sqrt(3) * deviation;
    return uniform(generator, length, -bound, bound);
  };
  switch (initialisation.type) {
    case 'kaimingUniform':
      return evenly(kaiming);
    case 'kaimingNormal':
      return normal(generator, length, 0, kaiming);
    case 'xavierUniform':
      return evenly(xavier);
    case 'xavierNormal':
      return normal(generator, length, 0, xavier);
    case 'zeros':
      return new Float32Array(length);
    case 'constant':
      return new Float32Array(length).fill(initialisation.value);
    case 'default':
      throw new Error('unreachable: the default has been drawn already');
  }
}

/** Returns the shape of the graph's variable for a parameter of that shape in PyTorch. */
export function shapeInGraph(shape: readonly number[], layout: Layout): readonly number[] {
  const [out = 1, inputs = 1, height = 1, width = 1] = shape;
  if (layout.kind === 'conv') return [height, width, inputs, out];
  if (layout.kind === 'linear') return layout.outputsFirst ? [out, inputs] : [inputs, out];
  return shape;
}

function toGraph(g: Graph, x: Tensor, shape: readonly number[], layout: Layout): Tensor {
  if (layout.kind === 'conv') return transpose(g, x, [2, 3, 1, 0]);
  if (layout.kind === 'plain') return x;
  const { flattenedFrom: from, outputsFirst } = layout;
  if (!from) return outputsFirst ? x : transpose(g, x, [1, 0]);
  const [out = 1, inputs = 1] = shape;
  const spread = reshape(g, x, [out, from.channels, from.height, from.width]);
  if (outputsFirst) return reshape(g, transpose(g, spread, [0, 2, 3, 1]), [out, inputs]);
  return reshape(g, transpose(g, spread, [2, 3, 1, 0]), [inputs, out]);
}

function fromGraph(g: Graph, x: Tensor, shape: readonly number[], layout: Layout): Tensor {
  if (layout.kind === 'conv') return transpose(g, x, [3, 2, 0, 1]);
  if (layout.kind === 'plain') return x;
  const { flattenedFrom: from, outputsFirst } = layout;
  if (!from) return outputsFirst ? x : transpose(g, x, [1, 0]);
  const [out = 1] = shape;
  if (outputsFirst) {
    const spread = reshape(g, x, [out, from.height, from.width, from.channels]);
    return reshape(g, transpose(g, spread, [0, 3, 1, 2]), shape);
  }
  const spread = reshape(g, x, [from.height, from.width, from.channels, out]);
  return reshape(g, transpose(g, spread, [3, 2, 0, 1]), shape);
}

/** Splits a packed value into its members, by key, in PyTorch's layouts. */
export function unpacked(g: Graph, value: Tensor, members: readonly Stored[]): (readonly [string, Tensor])[] {
  const parts = partsOf(
    g,
    value,
    members.map(({ shape }) => elementsOf(shape)),
  );
  return members.map(({ key, shape, layout }, index) => {
    const inGraph = reshape(g, parts[index] as Tensor, shapeInGraph(shape, layout));
    return [key, fromGraph(g, inGraph, shape, layout)] as const;
  });
}

/**
 * Adds the signatures `read` and `write`, which transfer the variables' values by key, in PyTorch's layouts.
 */
export function addReadAndWrite(g: Graph, all: readonly Packed[]): void {
  const values = g.scope('read', () =>
    all.flatMap(({ variable: stored, members }) =>
      unpacked(g, readVariable(g, stored), members).map(([key, value]) => [key, identity(g, value)] as const),
    ),
  );
  g.signature('read', { inputs: {}, outputs: Object.fromEntries(values) });
  g.scope('write', () => {
    const inputs: Record<string, Tensor> = {};
    const effects = all.map(({ variable: stored, members }) => {
      const given = members.map(({ key, shape, layout }) => {
        const value = placeholder(g, key, 'float32', shape);
        inputs[key] = value;
        return toGraph(g, value, shape, layout);
      });
      // The fed tensor may use JavaScript's memory, which only JavaScript's thread may release. A variable
      // that kept it would release it at its next update on another thread, which occasionally corrupts the
      // heap. A linear layer's step also changes its variables' memory in place, so nothing else may use it.
      return assignVariable(g, stored, deepCopy(g, packed(g, given)));
    });
    g.signature('write', { inputs, outputs: { done: identity(g, scalar(g, 1), { control: effects }) } });
  });
}
