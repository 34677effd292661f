/**
 * A trained net for the exporters: its layers in order, each with its weights in PyTorch's layouts, and everything else
 * that a user of the net needs (normalisation, class names). Every format is written from this one plan.
 */
import { Problem } from '../base/problem.ts';
import { moduleNames } from '../code/pytorchModel.ts';
import { type Layer, layerKind } from '../layers/index.ts';
import type { Conv2d } from '../layers/conv2d.ts';
import { type ParameterSpec, type Shape, elements } from '../layers/layer.ts';
import { type Residual, shortcut } from '../layers/residual.ts';
import type { Network } from '../network/network.ts';
import { summarize } from '../network/shapes.ts';
import type { NamedTensor } from '../runs/checkpoint.ts';

export interface Weights {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Pixels in [0, 1] are normalised per channel: (x − mean) / deviation. */
export interface PixelNormalisation {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

export interface TrainedLayer {
  /** The module's name in the course's class, dots within a block: `conv1`, `block1.layers.0`; unique in the model. */
  readonly name: string;
  /** The layer's number as the window shows it: `3`, or `3.1` inside block 3. Disabled layers are included. */
  readonly number: string;
  readonly layer: Exclude<Layer, Residual> | ResidualBlock;
  readonly input: Shape;
  readonly output: Shape;
  /**
   * Weights by PyTorch's names within the layer: `weight`, `bias`, `running_mean`, `running_var`. Empty for a block.
   */
  readonly weights: Readonly<Record<string, Weights>>;
}

export interface ResidualBlock {
  readonly type: 'residual';
  readonly layers: readonly TrainedLayer[];
  /** The 1×1 convolution beside the layers, if the shapes differ. */
  readonly shortcut: TrainedLayer | undefined;
}

export interface TrainedModel {
  readonly network: Network;
  readonly layers: readonly TrainedLayer[];
  readonly classes: readonly string[];
  /** Null if the net takes pixels in [0, 1] without normalisation. */
  readonly normalisation: PixelNormalisation | null;
  readonly dataset: string;
  readonly run: { readonly id: number; readonly name: string; readonly step: number; readonly epoch: number };
}

export interface ModelSource extends Omit<TrainedModel, 'layers'> {
  /** Names as in checkpoints, without `parameter/`: `0.weight`, `3.layers.1.bias`. */
  readonly tensors: readonly NamedTensor[];
}

/** Throws a `Problem` if a weight is missing or has another shape than the net's. */
export function trainedModel({ tensors, ...source }: ModelSource): TrainedModel {
  const known = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const { layers } = summarize(source.network);
  const names = moduleNames(layers);
  const find = (key: string, spec: ParameterSpec): Weights => {
    const found = known.get(key);
    if (found && found.shape.join() === spec.shape.join()) return { shape: spec.shape, data: found.data };
    const shape = spec.shape.join('×');
    const there = found ? `it has shape ${found.shape.join('×')}` : 'it is missing';
    throw new Problem(
      'model.weight',
      `the weights do not fit the net: "${key}" should have shape ${shape}, but ${there}`,
      {
        name: key,
        shape,
        found: found ? found.shape.join('×') : '',
      },
    );
  };
  return {
    ...source,
    layers: layers.map(({ layer, index, position, input, output }, i) =>
      trainedLayer({ layer, input, output }, `${index}`, names[i] ?? `${index}`, `${position + 1}`, find),
    ),
  };
}

type Find = (key: string, spec: ParameterSpec) => Weights;

function trainedLayer(
  { layer, input, output }: { layer: Layer; input: Shape; output: Shape },
  key: string,
  name: string,
  number: string,
  find: Find,
): TrainedLayer {
  if (layer.type !== 'residual') {
    const specs = layerKind(layer).parameters(layer, input);
    const weights = Object.fromEntries(specs.map((spec) => [spec.name, find(`${key}.${spec.name}`, spec)]));
    return { name, number, layer, input, output, weights };
  }
  const layers: TrainedLayer[] = [];
  let shape = input;
  for (const [position, inner] of layer.layers.entries()) {
    if (inner.disabled) continue;
    const path = `layers.${layers.length}`;
    const next = layerKind(inner).outputShape(inner, shape);
    layers.push(
      trainedLayer(
        { layer: inner, input: shape, output: next },
        `${key}.${path}`,
        `${name}.${path}`,
        `${number}.${position + 1}`,
        find,
      ),
    );
    shape = next;
  }
  const beside: Conv2d | undefined = shortcut(layer, input);
  const besideLayer =
    beside &&
    trainedLayer({ layer: beside, input, output }, `${key}.shortcut`, `${name}.shortcut`, number, find);
  return {
    name,
    number,
    layer: { type: 'residual', layers, shortcut: besideLayer },
    input,
    output,
    weights: {},
  };
}

/**
 * Returns all layers that compute something themselves, in the order of PyTorch's `state_dict`, with blocks flattened.
 */
function flatLayers(layers: readonly TrainedLayer[]): TrainedLayer[] {
  return layers.flatMap((each) =>
    each.layer.type === 'residual'
      ? flatLayers([...each.layer.layers, ...(each.layer.shortcut ? [each.layer.shortcut] : [])])
      : [each],
  );
}

/** A tensor of a `state_dict`; int64 only for `num_batches_tracked`. */
export type StateTensor =
  | {
      readonly name: string;
      readonly dtype: 'float32';
      readonly shape: readonly number[];
      readonly data: Float32Array;
    }
  | {
      readonly name: string;
      readonly dtype: 'int64';
      readonly shape: readonly [];
      readonly data: BigInt64Array;
    };

/**
 * Returns the `state_dict` of the course's class for this net. Each batch normalisation has PyTorch's fifth entry,
 * `num_batches_tracked`: the number of training steps.
 */
export function stateDict(model: TrainedModel): StateTensor[] {
  return flatLayers(model.layers).flatMap(({ name, layer, weights }): StateTensor[] => {
    const own = Object.entries(weights).map(
      ([key, { shape, data }]) => ({ name: `${name}.${key}`, dtype: 'float32', shape, data }) as const,
    );
    if (layer.type !== 'batchNorm2d') return own;
    const data = BigInt64Array.of(BigInt(model.run.step));
    return [...own, { name: `${name}.num_batches_tracked`, dtype: 'int64', shape: [], data }];
  });
}

export function parameterCount(model: TrainedModel): number {
  return flatLayers(model.layers)
    .flatMap(({ weights }) => Object.entries(weights))
    .filter(([key]) => !key.startsWith('running_'))
    .reduce((sum, [, { data }]) => sum + data.length, 0);
}

/** Returns the number of classes: the features of the last layer's output. */
export function outputCount(model: TrainedModel): number {
  const last = model.layers.at(-1);
  return last ? elements(last.output) : 0;
}
