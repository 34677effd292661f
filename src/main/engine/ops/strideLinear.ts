/**
 * Linear layers by Stride's own kernels (`src/native`), while a net trains. The gradient of the weight is computed
 * together with its step where the optimizer allows it, because the weights of such layers are so many numbers that
 * writing gradients, adding them up and reading them again takes as long as the products.
 */
import type { Linear } from '../../../shared/layers/linear.ts';
import { strideLinear, strideLinearGradients } from '../graph/linearOperations.ts';
import { floats, matMul } from '../graph/operations.ts';
import { areFilled } from './lanes.ts';
import { lanesOf } from './layouts.ts';
import {
  type Context,
  type Gradient,
  type Pass,
  type Values,
  flattenedFromOf,
  gradientsOf,
  plain,
} from './op.ts';

/** Returns whether a linear layer's weight is outputs × inputs, as the kernels need it. */
export const isOutputsFirst = ({ kernels }: Context): boolean => kernels === 'stride';

export const wantsStrideLinear = (context: Context): boolean =>
  context.training && isOutputsFirst(context) && areFilled(context);

/** Adds a linear layer, with the ReLU after it if there is one. `wantsStrideLinear` must hold. */
export function linearWithStep(
  context: Context,
  layer: Linear,
  input: Values,
  inputs: number,
  relu: boolean,
): Pass {
  const { g, parameters } = context;
  const lanes = lanesOf(context);
  const flattenedFrom = flattenedFromOf(input);
  const weight = parameters.read('weight', { kind: 'linear', flattenedFrom, outputsFirst: true });
  const hasBias = layer.bias ?? true;
  const bias = hasBias
    ? parameters.read('bias', plain)
    : floats(g, new Array<number>(layer.units).fill(0), [layer.units]);
  const outputs = input.shards.map((x) => strideLinear(g, { x, weight, bias }, lanes, relu));
  return {
    output: { shards: outputs, layout: { kind: 'flat', already: relu ? 1 : 0 } },
    backward(gradients, needsInput) {
      const parts = outputs.map((y, shard) => {
        const dy = (gradients.shards[shard] as Gradient).tensor;
        return strideLinearGradients(g, { dy, y, weight }, lanes, { relu, needsInput });
      });
      const dy = parts.map(({ before }) => before);
      const readers = parts.map(({ bias }) => bias.node);
      parameters.gradient(
        'weight',
        input.shards.map((x, shard) => matMul(g, dy[shard] as (typeof dy)[number], x, true)),
        { x: input.shards, dy, readers, lanes, shape: [layer.units, inputs] },
      );
      if (hasBias)
        parameters.gradient(
          'bias',
          parts.map((part) => part.bias),
        );
      return needsInput
        ? gradientsOf(
            g,
            parts.map((part) => part.input),
          )
        : undefined;
    },
  };
}
