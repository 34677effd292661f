/**
 * Batch normalisation of maps in the lanes' layout, by Stride's own kernels, while a net trains, together with the
 * ReLU and the pool after it. The formulas are those of `batchNorm2d.ts`.
 */
import { type BatchNorm2d, batchNormDefaults } from '../../../shared/layers/batchNorm2d.ts';
import type { MapShape } from '../../../shared/layers/layer.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import type { Included, NormalisedGradient } from '../graph/lanesOperations.ts';
import {
  moments,
  normalisation,
  normalisationGradient,
  normalise,
  normaliseGradient,
  normaliseSums,
} from '../graph/normaliseOperations.ts';
import { floats } from '../graph/operations.ts';
import { countOf } from './lanes.ts';
import { type Context, type Gradient, type Pass, type Values, gradientOf, plain } from './op.ts';

export function batchNormLanes(
  { g, parameters, shardSizes }: Context,
  layer: BatchNorm2d,
  { shards }: Values,
  { height, width, channels }: MapShape,
  included: Included,
): Pass {
  const { epsilon = batchNormDefaults.epsilon, momentum = batchNormDefaults.momentum } = layer;
  const images = (shard: number) => shardSizes[shard] as number;
  const counts = shards.map((_, shard) => images(shard) * height * width);
  const now = normalisation(
    g,
    shards.map((x, shard) => moments(g, x, images(shard))),
    {
      weight: parameters.read('weight', plain),
      bias: parameters.read('bias', plain),
      runningMean: parameters.read('running_mean', plain),
      runningVariance: parameters.read('running_var', plain),
    },
    { counts, epsilon, momentum },
  );
  parameters.update('running_mean', now.runningMean);
  parameters.update('running_var', now.runningVariance);
  const outputs = shards.map((x) => normalise(g, x, now, included));

  return {
    output: { shards: outputs.map(({ y }) => y), layout: { kind: 'lanes', already: countOf(included) } },
    backward(gradients, needsInput) {
      const back = shards.map((x, shard) => {
        const { index } = outputs[shard] as (typeof outputs)[number];
        return { x, index, dy: (gradients.shards[shard] as Gradient).tensor };
      });
      const sums = back.map((each) => normaliseSums(g, each, now.mean, included));
      const { weight, bias, ofX, constant } = normalisationGradient(g, sums, now, counts);
      // They are those of the whole batch, so that the other shards have nothing to add.
      const none = floats(g, new Array<number>(channels).fill(0), [channels]);
      const ofFirst = (whole: Tensor) => shards.map((_, shard) => (shard === 0 ? whole : none));
      parameters.gradient('weight', ofFirst(weight));
      parameters.gradient('bias', ofFirst(bias));
      if (!needsInput) return undefined;
      return {
        shards: back.map((each, shard) =>
          gradientLater(g, {
            ...each,
            ...included,
            ofX,
            scale: now.scale,
            constant,
            images: images(shard),
          }),
        ),
      };
    },
  };
}

/** Returns a gradient whose tensor is added to the graph only if something other than a convolution takes it. */
function gradientLater(g: Graph, normalised: NormalisedGradient): Gradient {
  let known: Gradient | undefined;
  const whole = () => (known ??= gradientOf(g, normaliseGradient(g, normalised)));
  return {
    get tensor() {
      return whole().tensor;
    },
    channelSum: () => whole().channelSum(),
    normalised,
  };
}
