/** A fully connected layer. */
import type { Linear } from '../../../shared/layers/linear.ts';
import { matMul } from '../graph/operations.ts';
import { type Kernels, affine } from './affine.ts';
import { type Operation, flattenedFromOf, plain } from './op.ts';
import { isOutputsFirst } from './strideLinear.ts';

export const linear: Operation<Linear> = (context, layer, input) => {
  const { g, parameters } = context;
  const outputsFirst = isOutputsFirst(context);
  const flattenedFrom = flattenedFromOf(input);
  const weight = parameters.read('weight', { kind: 'linear', flattenedFrom, outputsFirst });
  const bias = (layer.bias ?? true) ? parameters.read('bias', plain) : undefined;
  const kernels: Kernels = {
    forward: (x) => matMul(g, x, weight, false, outputsFirst),
    weightGradient: (x, dy) => (outputsFirst ? matMul(g, dy, x, true) : matMul(g, x, dy, true)),
    inputGradient: (_, dy) => matMul(g, dy, weight, false, !outputsFirst),
  };
  return affine(context, kernels, bias, { shards: input.shards, layout: { kind: 'flat' } });
};
