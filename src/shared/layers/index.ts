/**
 * The layer kinds, one table total over `Layer['type']`: a kind that is in the union and not here does not compile.
 * To add a kind: its file beside this one, its line in `layerSchema` and in `layerKinds`, its ops in `engine/ops`.
 */
import { z } from 'zod';
import { type Activation, activation, activationSchema } from './activation.ts';
import { type BatchNorm2d, batchNorm2d, batchNorm2dSchema } from './batchNorm2d.ts';
import { type Conv2d, conv2d, conv2dSchema } from './conv2d.ts';
import { type Dropout, dropout, dropoutSchema } from './dropout.ts';
import { type Flatten, flatten, flattenSchema } from './flatten.ts';
import type { LayerKind } from './layer.ts';
import { type Linear, linear, linearSchema } from './linear.ts';
import {
  type AvgPool2d,
  type GlobalAveragePool,
  type MaxPool2d,
  avgPool2d,
  avgPool2dSchema,
  globalAveragePool,
  globalAveragePoolSchema,
  maxPool2d,
  maxPool2dSchema,
} from './pooling.ts';
import { type Residual, residual, residualSchema } from './residual.ts';

export interface LayerTypes {
  conv2d: Conv2d;
  maxPool2d: MaxPool2d;
  avgPool2d: AvgPool2d;
  globalAveragePool: GlobalAveragePool;
  batchNorm2d: BatchNorm2d;
  dropout: Dropout;
  activation: Activation;
  flatten: Flatten;
  linear: Linear;
  residual: Residual;
}

export type LayerType = keyof LayerTypes;
export type Layer = LayerTypes[LayerType];

export const layerSchema: z.ZodType<Layer> = z.lazy(() =>
  z.discriminatedUnion('type', [
    conv2dSchema,
    maxPool2dSchema,
    avgPool2dSchema,
    globalAveragePoolSchema,
    batchNorm2dSchema,
    dropoutSchema,
    activationSchema,
    flattenSchema,
    linearSchema,
    residualSchema as unknown as z.ZodObject<{ type: z.ZodLiteral<'residual'> }>,
  ]),
) as z.ZodType<Layer>;

export const layerKinds: { readonly [T in LayerType]: LayerKind<LayerTypes[T]> } = {
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

export const layerTypes = Object.keys(layerKinds) as LayerType[];

/** The kind of a layer, typed as taking that layer. */
export function layerKind<L extends Layer>(layer: L): LayerKind<L> {
  return layerKinds[layer.type] as unknown as LayerKind<L>;
}

export function enabledLayers(layers: readonly Layer[]): Layer[] {
  return layers.filter((layer) => !layer.disabled);
}
