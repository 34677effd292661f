/**
 * What every convolution is, whichever way its maps lie and its kernels compute: outputs with their bias, and who is handed
 * which gradient.
 */
import type { ConvWindow } from '../../../shared/layers/conv2d.ts';
import type { Pair } from '../../../shared/layers/layer.ts';
import type { Tensor } from '../graph/graph.ts';
import { biasAdd } from '../graph/operations.ts';
import { type Context, type Gradient, type Pass, type Values, gradientsOf } from './op.ts';

/** Height × width × in × out. */
export type FilterShape = readonly [height: number, width: number, channels: number, filters: number];

/** The three computations of a convolution, for one shard. */
export interface Kernels {
  readonly forward: (x: Tensor, shard: number) => Tensor;
  /** In the layer's own shape. */
  readonly filterGradient: (x: Tensor, dy: Tensor, shard: number) => Tensor;
  readonly inputGradient: (x: Tensor, dy: Tensor, shard: number) => Tensor;
}

export const isOne = ([height, width]: Pair) => height === 1 && width === 1;

/** Stride 1, an odd kernel and half of it as padding: as many outputs as inputs, the padding alike on both sides. */
export function isSame({ kernel, stride, padding, dilation }: ConvWindow): boolean {
  const keeps = (axis: 0 | 1) => padding[axis] * 2 === kernel[axis] - 1;
  return isOne(stride) && isOne(dilation) && !isOne(kernel) && keeps(0) && keeps(1);
}

/** `bias` is what is added to `forward`'s output. The output's maps are laid out as `input` says. */
export function convolution(
  { g, parameters }: Context,
  { forward, filterGradient, inputGradient }: Kernels,
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
        input.shards.map((x, shard) => filterGradient(x, of(shard).tensor, shard)),
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
