/**
 * Batch normalisation of maps in the lanes' layout, by Stride's own kernels, while a net trains: three passes over a map
 * forward and two back. The formulas are those of `batchNorm2d.ts`.
 */
import type { MapShape } from '../../../shared/layers/layer.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { channelDots, channelScale, channelSums } from '../graph/lanesOperations.ts';
import {
  add,
  addN,
  floats,
  multiply,
  negate,
  reciprocalSquareRoot,
  scalar,
  subtract,
} from '../graph/operations.ts';
import { type Context, type Gradient, type Pass, type Values, gradientsOf, plain } from './op.ts';

export function normaliseLanes(
  { g, parameters, shardSizes }: Context,
  momentum: number,
  epsilon: number,
  input: Values,
  { height, width, channels }: MapShape,
): Pass {
  const { shards } = input;
  const weight = parameters.read('weight', plain);
  const bias = parameters.read('bias', plain);
  const images = (shard: number) => shardSizes[shard] as number;
  const count = shardSizes.reduce((a, b) => a + b, 0) * height * width;
  const zeros = floats(g, new Array<number>(channels).fill(0), [channels]);
  const meanOf = (parts: readonly Tensor[]) => multiply(g, addN(g, parts), scalar(g, 1 / count));
  const sums = (center: Tensor, square: boolean) =>
    shards.map((x, shard) => channelSums(g, x, center, { images: images(shard), square }));

  const mean = meanOf(sums(zeros, false));
  const variance = meanOf(sums(mean, true));
  const inverse = reciprocalSquareRoot(g, add(g, variance, scalar(g, epsilon)));
  const scale = multiply(g, weight, inverse);
  const forward = { ofX: scale, ofY: zeros, constant: subtract(g, bias, multiply(g, mean, scale)) };
  updateRunning(g, parameters, 'running_mean', mean, momentum);
  // PyTorch keeps the unbiased variance; of a single number it is infinite there too.
  updateRunning(
    g,
    parameters,
    'running_var',
    multiply(g, variance, scalar(g, count / (count - 1))),
    momentum,
  );

  return {
    output: { ...input, shards: shards.map((x, shard) => channelScale(g, x, x, forward, images(shard))) },
    backward(gradients, needsInput) {
      const gradient = (shard: number) => (gradients.shards[shard] as Gradient).tensor;
      const parts = shards.map((x, shard) =>
        channelDots(g, { x, y: gradient(shard), center: mean }, images(shard)),
      );
      const weightParts = parts.map(({ dots }) => multiply(g, dots, inverse));
      const biasParts = parts.map((part) => part.sums);
      parameters.gradient('weight', weightParts);
      parameters.gradient('bias', biasParts);
      if (!needsInput) return undefined;
      // dx = weight·inverse · (dy − mean(dy) − x̂·mean(dy·x̂)) is linear in x and dy.
      const along = negate(g, multiply(g, multiply(g, scale, inverse), meanOf(weightParts)));
      const level = negate(g, add(g, multiply(g, scale, meanOf(biasParts)), multiply(g, mean, along)));
      const back = { ofX: along, ofY: scale, constant: level };
      return gradientsOf(
        g,
        shards.map((x, shard) => channelScale(g, x, gradient(shard), back, images(shard))),
      );
    },
  };
}

/** Moves a running statistic towards the batch's, as PyTorch does. */
export function updateRunning(
  g: Graph,
  parameters: Context['parameters'],
  name: string,
  now: Tensor,
  momentum: number,
): void {
  const before = parameters.read(name, plain);
  parameters.update(
    name,
    add(g, multiply(g, before, scalar(g, 1 - momentum)), multiply(g, now, scalar(g, momentum))),
  );
}
