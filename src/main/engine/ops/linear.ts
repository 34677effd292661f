/** A fully connected layer. */
import type { Linear } from '../../../shared/layers/linear.ts';
import { biasAdd, matMul } from '../graph/operations.ts';
import { type Gradient, type Operation, gradientsOf, plain } from './op.ts';

export const linear: Operation<Linear> = ({ g, parameters }, layer, input) => {
  const weight = parameters.read('weight', { kind: 'linear', flattenedFrom: input.flattenedFrom });
  const bias = (layer.bias ?? true) ? parameters.read('bias', plain) : undefined;
  const output = input.shards.map((x) => {
    const y = matMul(g, x, weight);
    return bias ? biasAdd(g, y, bias) : y;
  });
  return {
    output: { shards: output },
    backward(gradients, needsInput) {
      const of = (shard: number) => gradients.shards[shard] as Gradient;
      parameters.gradient(
        'weight',
        input.shards.map((x, shard) => matMul(g, x, of(shard).tensor, true)),
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
        input.shards.map((_, shard) => matMul(g, of(shard).tensor, weight, false, true)),
      );
    },
  };
};
