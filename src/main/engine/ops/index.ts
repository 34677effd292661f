/**
 * Operations by layer kind. The table has an entry for every kind, so that a kind without a backward pass
 * does not compile.
 */
import type { Layer, LayerType, LayerTypes } from '../../../shared/layers/index.ts';
import { activation } from './activation.ts';
import { batchNorm2d } from './batchNorm2d.ts';
import { conv2d } from './conv2d.ts';
import { dropout } from './dropout.ts';
import { flatten } from './flatten.ts';
import { linear } from './linear.ts';
import type { Operation } from './op.ts';
import { avgPool2d, globalAveragePool, maxPool2d } from './pooling.ts';
import { residual } from './residual.ts';

const operations: { readonly [T in LayerType]: Operation<LayerTypes[T]> } = {
  conv2d,
  maxPool2d,
  avgPool2d,
  globalAveragePool,
  batchNorm2d,
  dropout,
  activation,
  flatten,
  linear,
  residual,
};

/** Returns the operation of a layer, typed for that layer. */
export function operationFor<L extends Layer>(layer: L): Operation<L> {
  return operations[layer.type] as unknown as Operation<L>;
}
