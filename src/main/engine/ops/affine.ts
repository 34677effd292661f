/**
 * What every layer with a weight and perhaps a bias is, convolutions as well as linear ones, whichever way its maps lie and its
 * kernels compute: outputs with their bias, and who is handed which gradient.
 */
import type { Tensor } from '../graph/graph.ts';
import { biasAdd } from '../graph/operations.ts';
import { type Context, type Gradient, type Pass, type Values, gradientsOf } from './op.ts';

/** The three computations of such a layer, for one shard. */
export interface Kernels {
  readonly forward: (x: Tensor, shard: number) => Tensor;
  /** In the layer's own shape. */
  readonly weightGradient: (x: Tensor, dy: Tensor, shard: number) => Tensor;
  readonly inputGradient: (x: Tensor, dy: Tensor, shard: number) => Tensor;
}

/** `bias` is added to `forward`'s output. The output lies as the input does. */
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
