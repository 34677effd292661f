/**
 * A max-pool and the ReLU behind it, the other way round while a net trains: the larger of numbers, cut off at zero, is
 * the largest of numbers that were cut off. Behind a convolution TensorFlow then makes one operation of the
 * convolution, its bias and the ReLU, and nothing reads or writes the map once more.
 *
 * Gradients are the same to the bit. Where a window's largest number is above zero, the first one that is as large is the
 * same one. Where it is not, what would go to another place is zero.
 */
import type { Layer } from '../../../shared/layers/index.ts';
import type { MaxPool2d } from '../../../shared/layers/pooling.ts';
import { relu, reluGrad } from '../graph/operations.ts';
import { type Context, type Operation, type Pass, type Values, perShard } from './op.ts';
import { maxPool2d } from './pooling.ts';

export function isPoolBeforeRelu(layer: Layer, next: Layer | undefined): layer is MaxPool2d {
  return layer.type === 'maxPool2d' && next?.type === 'activation' && next.function === 'relu';
}

/** The pool's part: its output is that of both. */
export const rectifiedPool: Operation<MaxPool2d> = (context, layer, input, shape) => {
  const { g } = context;
  const shards = input.shards.map((x) => relu(g, x));
  return maxPool2d(context, layer, { ...input, shards }, shape);
};

/** The ReLU's part: the gradient stops where the output is zero. On pooled maps, which are smaller. */
export function rectified(context: Context, pooled: Values): Pass {
  const { g } = context;
  return perShard(context, pooled, (y) => ({ y, backward: (dy) => reluGrad(g, dy.tensor, y) }));
}
