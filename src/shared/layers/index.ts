/**
 * The layer kinds, one table total over `Layer['type']`: a kind that is in the union and not here does not compile.
 * CONTRIBUTING.md shows how to add a kind.
 */
import { z } from 'zod';
import { type Activation, activation } from './activation.ts';
import { type BatchNorm2d, batchNorm2d } from './batchNorm2d.ts';
import { type Conv2d, conv2d } from './conv2d.ts';
import { type Dropout, dropout } from './dropout.ts';
import { type Flatten, flatten } from './flatten.ts';
import type { Computation } from './computation.ts';
import type { ComputedKind, LayerKind, Shape } from './layer.ts';
import { type Linear, linear } from './linear.ts';
import {
  type AvgPool2d,
  type GlobalAveragePool,
  type MaxPool2d,
  avgPool2d,
  globalAveragePool,
  maxPool2d,
} from './pooling.ts';
import { type Residual, residual } from './residual.ts';
import type { SlidingWindow } from './window.ts';

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

/** A layer that is no block of other layers. */
export type PlainLayer = Exclude<Layer, Residual>;

export const layerKinds: {
  readonly [T in LayerType]: T extends 'residual' ? LayerKind<Residual> : ComputedKind<LayerTypes[T]>;
} = {
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

/** A layer of any kind, told by its `type`. */
export const layerSchema: z.ZodType<Layer> = z.lazy(() => {
  const schemas = Object.values(layerKinds).map(({ schema }) => schema as unknown as AnyLayerSchema);
  return z.discriminatedUnion('type', schemas as [AnyLayerSchema, ...AnyLayerSchema[]]);
}) as unknown as z.ZodType<Layer>;
type AnyLayerSchema = z.ZodObject<{ type: z.ZodLiteral }>;

export const layerTypes = Object.keys(layerKinds) as LayerType[];

/** Returns the kind of a layer, typed as taking that layer. */
export function layerKind<L extends Layer>(layer: L): LayerKind<L> {
  return layerKinds[layer.type] as unknown as LayerKind<L>;
}

/** Returns what a layer computes in evaluation. Throws a `Problem` if it does not fit its input. */
export function computationsOf(layer: PlainLayer, input: Shape): readonly Computation[] {
  const kind = layerKinds[layer.type] as unknown as ComputedKind<PlainLayer>;
  return kind.computes(layer, input);
}

/** Returns the window with which a layer slides over a map; null if it has none. */
export function slidingWindowOf(layer: Layer): SlidingWindow | null {
  const window = layerKind(layer).window(layer);
  return typeof window === 'object' ? window : null;
}

export function isLayerType(type: string): type is LayerType {
  return Object.hasOwn(layerKinds, type);
}

export function enabledLayers(layers: readonly Layer[]): Layer[] {
  return layers.filter((layer) => !layer.disabled);
}
