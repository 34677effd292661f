/**
 * Batch normalisation. In training, mean and variance are those of the whole batch, so the shards exchange
 * their sums first; the running variance is the unbiased one, as in PyTorch. Formulas: Ioffe and Szegedy
 * 2015.
 */
import { type BatchNorm2d, batchNormDefaults } from '../../../shared/layers/batchNorm2d.ts';
import { requireMap } from '../../../shared/layers/layer.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { batchNormGradients, scaleChannels } from '../graph/batchNormOperations.ts';
import {
  add,
  addN,
  divide,
  multiply,
  reciprocalSquareRoot,
  scalar,
  size,
  square,
  subtract,
  sum,
} from '../graph/operations.ts';
import { layoutOf, withInputLaidOut } from './layouts.ts';
import {
  type Context,
  type Gradient,
  type Operation,
  type Pass,
  type Values,
  gradientsOf,
  plain,
} from './op.ts';

const allButChannels = [0, 1, 2];

export const batchNorm2d: Operation<BatchNorm2d> = (context, layer, input, inputShape) => {
  const map = requireMap(inputShape, 'batchNorm2d');
  const epsilon = layer.epsilon ?? batchNormDefaults.epsilon;
  if (!context.training) return normaliseByRunning(context, epsilon, input);
  const momentum = layer.momentum ?? batchNormDefaults.momentum;
  // Its operations take channels on the last axis.
  const layout = layoutOf(input) === 'lanes' ? 'nhwc' : layoutOf(input);
  return withInputLaidOut(context, input, map, layout, (values) =>
    normaliseByBatch(context, momentum, epsilon, values, map.channels),
  );
};

function normaliseByBatch(
  { g, parameters }: Context,
  momentum: number,
  epsilon: number,
  input: Values,
  channels: number,
): Pass {
  const { shards } = input;
  const weight = parameters.read('weight', plain);
  const bias = parameters.read('bias', plain);
  const elements = addN(
    g,
    shards.map((x) => size(g, x)),
  );
  const count = divide(g, elements, scalar(g, channels));
  const overBatch = (tensors: readonly Tensor[]) =>
    addN(
      g,
      tensors.map((x) => sum(g, x, allButChannels)),
    );

  const mean = divide(g, overBatch(shards), count);
  const variance = divide(g, overBatch(shards.map((x) => square(g, subtract(g, x, mean)))), count);
  const inverse = reciprocalSquareRoot(g, add(g, variance, scalar(g, epsilon)));
  const scale = multiply(g, weight, inverse);
  const shift = subtract(g, bias, multiply(g, mean, scale));

  const unbiased = multiply(g, variance, divide(g, count, subtract(g, count, scalar(g, 1))));
  updateRunning(g, parameters, 'running_mean', mean, momentum);
  updateRunning(g, parameters, 'running_var', unbiased, momentum);

  return {
    output: { ...input, shards: shards.map((x) => scaleChannels(g, x, scale, shift, channels)) },
    backward(gradients, needsInput) {
      const whole = shards.length === 1;
      const parts = shards.map((x, shard) => {
        const { tensor: dy } = gradients.shards[shard] as Gradient;
        return batchNormGradients(g, { dy, x, scale: weight, mean, variance }, { epsilon, whole });
      });
      const weightParts = parts.map((part) => part.scale);
      const biasParts = parts.map(({ offset }) => offset);
      parameters.gradient('weight', weightParts);
      parameters.gradient('bias', biasParts);
      if (!needsInput) return undefined;
      const direct = parts.map((part) => part.input);
      if (whole) return gradientsOf(g, direct);
      // dx = weight·inverse · (dy − mean(dy) − x̂·mean(dy·x̂)), where the means are over the whole batch. The first
      // term is `direct`; along·x + level is subtracted from it. A sum would be merged with `scaleChannels` by
      // TensorFlow's optimizer, which fails at it if a max-pool's gradient follows, gives up on the whole graph and
      // reports that on stderr.
      const meanDy = divide(g, addN(g, biasParts), count);
      const meanDyX = divide(g, addN(g, weightParts), count);
      const along = multiply(g, multiply(g, scale, inverse), meanDyX);
      const level = subtract(g, multiply(g, scale, meanDy), multiply(g, mean, along));
      return gradientsOf(
        g,
        direct.map((dx, shard) =>
          subtract(g, dx, scaleChannels(g, shards[shard] as Tensor, along, level, channels)),
        ),
      );
    },
  };
}

function updateRunning(
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

function normaliseByRunning({ g, parameters }: Context, epsilon: number, input: Values): Pass {
  const { shards } = input;
  const weight = parameters.read('weight', plain);
  const bias = parameters.read('bias', plain);
  const mean = parameters.read('running_mean', plain);
  const variance = parameters.read('running_var', plain);
  const inverse = reciprocalSquareRoot(g, add(g, variance, scalar(g, epsilon)));
  const scale = multiply(g, weight, inverse);
  const normalised = shards.map((x) => multiply(g, subtract(g, x, mean), inverse));
  return {
    output: { ...input, shards: normalised.map((x) => add(g, multiply(g, x, weight), bias)) },
    backward(gradients, needsInput) {
      const dys = gradients.shards.map((gradient) => gradient.tensor);
      parameters.gradient(
        'weight',
        dys.map((dy, shard) => sum(g, multiply(g, dy, normalised[shard] as Tensor), allButChannels)),
      );
      parameters.gradient(
        'bias',
        gradients.shards.map((gradient) => gradient.channelSum()),
      );
      if (!needsInput) return undefined;
      return gradientsOf(
        g,
        dys.map((dy) => multiply(g, dy, scale)),
      );
    },
  };
}
