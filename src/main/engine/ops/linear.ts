/** A fully connected layer. */
import type { Linear } from '../../../shared/layers/linear.ts';
import { matMul } from '../graph/operations.ts';
import { type Kernels, affine } from './affine.ts';
import { type Operation, flattenedFromOf, plain } from './op.ts';

export const linear: Operation<Linear> = (context, layer, input) => {
  const { g, parameters } = context;
  const weight = parameters.read('weight', { kind: 'linear', flattenedFrom: flattenedFromOf(input) });
  const bias = (layer.bias ?? true) ? parameters.read('bias', plain) : undefined;
  const kernels: Kernels = {
    forward: (x) => matMul(g, x, weight),
    weightGradient: (x, dy) => matMul(g, x, dy, true),
    inputGradient: (_, dy) => matMul(g, dy, weight, false, true),
  };
  return affine(context, kernels, bias, { shards: input.shards, layout: { kind: 'flat' } });
};
