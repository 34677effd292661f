/**
 * Stride's own operations for linear layers (`src/native`), whose weight is outputs × inputs as in PyTorch, and for the
 * steps of such a weight.
 */
import { bool, float, int } from './attributes.ts';
import type { Graph, Tensor } from './graph.ts';
import type { Lanes } from './lanesOperations.ts';
import { type Variable, floats, readVariable, reshape } from './operations.ts';

/** Adds the pixels of some images of a variable with bytes, normalised as `normalise` of `compile/batches.ts` does. */
export function strideImages(
  g: Graph,
  images: Variable,
  indices: Tensor,
  { mean, deviation }: Readonly<Record<'mean' | 'deviation', readonly number[]>>,
): Tensor {
  return g.op('StrideImages', [readVariable(g, images), indices, floats(g, mean), floats(g, deviation)]);
}

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

/** A step of stochastic gradient descent, as `torch.optim.SGD` takes it. */
export interface DescentStep {
  readonly target: Variable;
  /** Needed if there is momentum. */
  readonly accumulator: Variable | undefined;
  readonly learningRate: Tensor;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

/**
 * Adds the step of a weight together with its gradient, in as many parts as there are shards, each of some of the
 * weight's rows, and returns their names. They change the variables' own memory.
 */
export function strideLinearStep(g: Graph, product: WeightProduct, step: DescentStep): string[] {
  const { x, dy, readers, lanes, shape } = product;
  const weight = reshape(g, readVariable(g, step.target), shape);
  const accumulator = step.accumulator ? reshape(g, readVariable(g, step.accumulator), shape) : weight;
  return x.map((_, part) =>
    g.effect('StrideLinearStep', [weight, accumulator, step.learningRate, ...x, ...dy], {
      control: readers,
      attributes: {
        lanes: int(lanes),
        shards: int(x.length),
        part: int(part),
        parts: int(x.length),
        momentum: float(step.momentum),
        weight_decay: float(step.weightDecay),
        nesterov: bool(step.nesterov),
      },
    }),
  );
}
