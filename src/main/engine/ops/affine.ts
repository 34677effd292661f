/**
 * The common part of layers with a weight and an optional bias, convolutions and linear layers, independent
 * of layouts and kernels: adding the bias and distributing the gradients.
 */
import type { Tensor } from '../graph/graph.ts';
import { biasAdd } from '../graph/operations.ts';
import { type Context, type Gradient, type Pass, type Values, gradientsOf } from './op.ts';

/** The three computations of such a layer, for one shard. */
export interface Kernels {
  readonly forward: (x: Tensor, shard: number) => Tensor;
  /** Gradient in the shape of the layer's weight. */
  readonly weightGradient: (x: Tensor, dy: Tensor, shard: number) => Tensor;
  readonly inputGradient: (x: Tensor, dy: Tensor, shard: number) => Tensor;
}

/** Adds `bias` to `forward`'s output. The output has the input's layout. */
export function affine(
  { g, parameters }: Context,
  { forward, weightGradient, inputGradient }: Kernels,
  bias: Tensor | undefined,
  input: Values,
): Pass {
  const output = input.shards.map((x, shard) => {
    const y = forward(x, shard);
    return bias ? biasAdd(g, y, bias) : y;
  });
  return {
    output: { ...input, shards: output },
    backward(gradients, needsInput) {
      const of = (shard: number) => gradients.shards[shard] as Gradient;
      parameters.gradient(
        'weight',
        input.shards.map((x, shard) => weightGradient(x, of(shard).tensor, shard)),
      );
      if (bias) {
        parameters.gradient(
          'bias',
          input.shards.map((_, shard) => of(shard).channelSum()),
        );
      }
      if (!needsInput) return undefined;
      return gradientsOf(
        g,
        input.shards.map((x, shard) => inputGradient(x, of(shard).tensor, shard)),
      );
    },
  };
}
