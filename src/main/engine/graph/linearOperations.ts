/**
 * Stride's own operations for linear layers (`src/native`), whose weight is outputs × inputs as in PyTorch, and for the
 * steps of such a weight.
 */
import { bool, float, int } from './attributes.ts';
import type { Graph, Tensor } from './graph.ts';
import type { Lanes } from './lanesOperations.ts';
import { type Variable, readVariable, reshape } from './operations.ts';

/** Adds x · weightᵀ + bias, with a ReLU after it if asked. */
export function strideLinear(
  g: Graph,
  { x, weight, bias }: Readonly<Record<'x' | 'weight' | 'bias', Tensor>>,
  lanes: Lanes,
  relu: boolean,
): Tensor {
  return g.op('StrideLinear', [x, weight, bias], { attributes: { lanes: int(lanes), relu: bool(relu) } });
}

export interface LinearGradients {
  /** The gradient before the ReLU. */
  readonly before: Tensor;
  readonly bias: Tensor;
  /** Has a value only if the input's gradient is asked for. */
  readonly input: Tensor;
}

/** Adds the gradients of bias and input from that of `y`. */
export function strideLinearGradients(
  g: Graph,
  { dy, y, weight }: Readonly<Record<'dy' | 'y' | 'weight', Tensor>>,
  lanes: Lanes,
  { relu, needsInput }: { relu: boolean; needsInput: boolean },
): LinearGradients {
  const [before, bias, input] = g.node('StrideLinearGradients', [dy, y, weight], {
    attributes: { lanes: int(lanes), relu: bool(relu), input_gradient: bool(needsInput) },
    outputs: ['float32', 'float32', 'float32'],
  }) as [Tensor, Tensor, Tensor];
  return { before: relu ? before : dy, bias, input };
}

/** What the gradient of a linear layer's weight is the product of: Σ dyᵀ · x over the shards. */
export interface WeightProduct {
  readonly x: readonly Tensor[];
  readonly dy: readonly Tensor[];
  /** Nodes that read the weight, so that it may only change after them. */
  readonly readers: readonly string[];
  readonly lanes: Lanes;
  /** Shape of the weight, outputs × inputs. */
  readonly shape: readonly [number, number];
}

/** A weight whose gradient is a product, and the variable of its momentum if there is any. */
export interface SteppedWeight {
  readonly product: WeightProduct;
  readonly target: Variable;
  readonly accumulator: Variable | undefined;
}

/** A step of stochastic gradient descent, as `torch.optim.SGD` takes it. */
export interface DescentStep {
  readonly learningRate: Tensor;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

/**
 * Adds the steps of weights together with their gradients, in as many parts as there are shards, each of some rows of
 * every weight, and returns their names. They change the variables' own memory.
 */
export function strideLinearStep(g: Graph, weights: readonly SteppedWeight[], step: DescentStep): string[] {
  const products = weights.map(({ product }) => product);
  const [first] = products;
  if (!first) return [];
  const read = ({ product }: SteppedWeight, from: Variable) =>
    reshape(g, readVariable(g, from), product.shape);
  const values = weights.map((each) => read(each, each.target));
  // Without momentum, accumulators are not used.
  const accumulators = weights.map((each, i) =>
    each.accumulator ? read(each, each.accumulator) : (values[i] as Tensor),
  );
  const inputs = [
    ...values,
    ...accumulators,
    step.learningRate,
    ...products.flatMap(({ x }) => x),
    ...products.flatMap(({ dy }) => dy),
  ];
  const shards = first.x.length;
  return first.x.map((_, part) =>
    g.effect('StrideLinearStep', inputs, {
      control: products.flatMap(({ readers }) => readers),
      attributes: {
        lanes: int(first.lanes),
        layers: int(weights.length),
        pairs: int(weights.length * shards),
        part: int(part),
        parts: int(shards),
        momentum: float(step.momentum),
        weight_decay: float(step.weightDecay),
        nesterov: bool(step.nesterov),
      },
    }),
  );
}
