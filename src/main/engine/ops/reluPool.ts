/**
 * A max-pool and a ReLU side by side, in either order, while a net trains: the larger of numbers, cut off at zero, is the
 * largest of numbers that were cut off. So the ReLU is taken before the pool: behind a convolution TensorFlow makes one
 * operation of the convolution, its bias and the ReLU, and nothing reads or writes the map once more. And its gradient is
 * taken behind the pool, where a map has a quarter of the numbers.
 *
 * Gradients are the same to the bit. Where a window's largest number is above zero, the first one that is as large is the
 * same one. Where it is not, what would go to another place is zero.
 */
import type { Layer } from '../../../shared/layers/index.ts';
import type { Pair } from '../../../shared/layers/layer.ts';
import { type MaxPool2d, poolWindow } from '../../../shared/layers/pooling.ts';
import { relu, reluGrad } from '../graph/operations.ts';
import {
  type Context,
  type Gradients,
  type Operation,
  type Pass,
  type Values,
  gradientsOf,
  perShard,
} from './op.ts';
import { maxPool2d } from './pooling.ts';

const isPool = (layer: Layer | undefined) => layer?.type === 'maxPool2d';
const isRelu = (layer: Layer | undefined) => layer?.type === 'activation' && layer.function === 'relu';

/** The neighbour that a pool or a ReLU is computed together with. A pool between two ReLUs takes the one behind it. */
export function partnerOf(layers: readonly Layer[], index: number): 'before' | 'after' | undefined {
  const at = (offset: number) => layers[index + offset];
  if (isPool(at(0))) {
    if (isRelu(at(1))) return 'after';
    return isRelu(at(-1)) && !isPool(at(-2)) ? 'before' : undefined;
  }
  if (isRelu(at(0))) {
    if (isPool(at(-1))) return 'before';
    return isPool(at(1)) && !isRelu(at(2)) ? 'after' : undefined;
  }
  return undefined;
}

/** Whether a convolution's output goes to a pool of such windows, as it is or through the ReLU that is the pool's partner. */
export function isPooledInPairs(layers: readonly Layer[], index: number): boolean {
  const next = layers[index + 1];
  const throughRelu = next?.type === 'activation' && partnerOf(layers, index + 1) === 'after';
  const pool = throughRelu ? layers[index + 2] : next;
  if (pool?.type !== 'maxPool2d') return false;
  const { kernel, stride, padding } = poolWindow(pool);
  const is = (pair: Pair, value: number) => pair[0] === value && pair[1] === value;
  return is(kernel, 2) && is(stride, 2) && is(padding, 0);
}

/** The pool, before the ReLU that is its partner: its output is that of both. */
export const poolBeforeRelu: Operation<MaxPool2d> = (context, layer, input, shape) => {
  const { g } = context;
  const shards = input.shards.map((x) => relu(g, x));
  return maxPool2d(context, layer, { ...input, shards }, shape);
};

/** The ReLU behind the pool that is its partner: the gradient stops where the output is zero. */
export function reluAfterPool({ g }: Context, pooled: Values): Pass {
  return { output: pooled, backward: (gradients) => stopped(g, gradients, pooled) };
}

/** The ReLU before the pool that is its partner, and which takes its gradient. */
export function reluBeforePool(context: Context, input: Values): Pass {
  return perShard(context, input, (x) => ({ y: relu(context.g, x), backward: (dy) => dy }));
}

/** The pool behind the ReLU that is its partner. */
export const poolAfterRelu: Operation<MaxPool2d> = (context, layer, input, shape) => {
  const pool = maxPool2d(context, layer, input, shape);
  return {
    output: pool.output,
    backward: (gradients, needsInput) =>
      pool.backward(stopped(context.g, gradients, pool.output), needsInput),
  };
};

function stopped(g: Context['g'], { shards }: Gradients, output: Values): Gradients {
  return gradientsOf(
    g,
    shards.map(({ tensor }, shard) => reluGrad(g, tensor, output.shards[shard] as typeof tensor)),
  );
}
