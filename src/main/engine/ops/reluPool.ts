/**
 * A max-pool and a ReLU next to each other, in either order, while a net trains. Maximum and ReLU commute, so
 * the ReLU is taken before the pool: after a convolution TensorFlow fuses the convolution, its bias and the
 * ReLU into one operation, which saves reading and writing the map once. The ReLU's gradient is taken after
 * the pool, where a map has a quarter of the elements.
 *
 * Gradients are bit-identical. If a window's maximum is above zero, the first element with that value is the
 * same in both orders. If it is not, the gradient that would go to another element is zero.
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

/**
 * Returns the neighbour that a pool or a ReLU is computed together with. A pool between two ReLUs takes the
 * one after it.
 */
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

/**
 * Returns whether a convolution's output goes to a pool of 2 × 2 windows, directly or through the ReLU that
 * is the pool's partner.
 */
export function isPooledInPairs(layers: readonly Layer[], index: number): boolean {
  const next = layers[index + 1];
  const throughRelu = next?.type === 'activation' && partnerOf(layers, index + 1) === 'after';
  const pool = throughRelu ? layers[index + 2] : next;
  if (pool?.type !== 'maxPool2d') return false;
  const { kernel, stride, padding } = poolWindow(pool);
  const is = (pair: Pair, value: number) => pair[0] === value && pair[1] === value;
  return is(kernel, 2) && is(stride, 2) && is(padding, 0);
}

/** Adds a pool before its partner, the ReLU; its output is that of both. */
export const poolBeforeRelu: Operation<MaxPool2d> = (context, layer, input, shape) => {
  const { g } = context;
  const shards = input.shards.map((x) => relu(g, x));
  return maxPool2d(context, layer, { ...input, shards }, shape);
};

/** Adds the ReLU after its partner, the pool: the gradient is zero where the output is zero. */
export function reluAfterPool({ g }: Context, pooled: Values): Pass {
  return { output: pooled, backward: (gradients) => stopped(g, gradients, pooled) };
}

/** Adds the ReLU before its partner, the pool, which takes over its gradient. */
export function reluBeforePool(context: Context, input: Values): Pass {
  return perShard(context, input, (x) => ({ y: relu(context.g, x), backward: (dy) => dy }));
}

/** Adds the pool after its partner, the ReLU. */
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
