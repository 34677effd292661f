/**
 * A trained net as a graph of Keras layers, from which the Keras 3 file and TensorFlow.js' model are written;
 * the two differ in the notation of layers and connections. Keras cannot pad with the lowest number before a
 * max-pool; rows and columns at the edge are repeated instead, with the same result: each window that reaches
 * into the padding also contains the edge, because PyTorch allows no more padding than half of the kernel.
 */
import {
  type LastStep,
  type ModelStep,
  type WeightedStep,
  channelsLastModel,
} from '../../../shared/models/channelsLast.ts';
import type { ExportOptions } from '../../../shared/export/formats.ts';
import { type Pair, requireMap } from '../../../shared/layers/layer.ts';
import type { TrainedModel, Weights } from '../../../shared/models/trainedModel.ts';

export type ConfigValue =
  string | number | boolean | null | readonly ConfigValue[] | { readonly [key: string]: ConfigValue };
export type Config = Readonly<Record<string, ConfigValue>>;

export interface KerasLayer {
  readonly name: string;
  readonly className: string;
  /** Configuration without the name: fields that both dialects share. */
  readonly config: Config;
  /** Names of the layers whose outputs it takes as inputs. */
  readonly inputs: readonly string[];
  /** Weights in Keras' order. */
  readonly weights: readonly (readonly [name: string, value: Weights])[];
}

const inputName = 'pixels';

/** Returns the layers in topological order; the last one is the output. */
export function kerasLayers(model: TrainedModel, options: ExportOptions): KerasLayer[] {
  const graph: KerasLayer[] = [];
  let output = add(graph, options.normalisation === 'inside' ? inputName : 'images', 'InputLayer', {}, []);
  for (const step of channelsLastModel(model, options)) output = addStep(graph, step, output);
  return graph;
}

function add(
  graph: KerasLayer[],
  name: string,
  className: string,
  config: Config,
  inputs: readonly string[],
  weights: KerasLayer['weights'] = [],
): string {
  graph.push({ name, className, config, inputs, weights });
  return name;
}

function addStep(graph: KerasLayer[], step: LastStep, x: string): string {
  if (!('main' in step)) return addPlain(graph, step, x);
  let main = x;
  for (const inner of step.main) main = addStep(graph, inner, main);
  let side = x;
  for (const inner of step.side) side = addStep(graph, inner, side);
  return add(graph, step.name, 'Add', {}, [main, side]);
}

const weightOrder = ['kernel', 'bias', 'gamma', 'beta', 'moving_mean', 'moving_variance'];

function addPlain(graph: KerasLayer[], { name, step, input, weights }: WeightedStep, x: string): string {
  if (step.kind === 'lowestPad') {
    const { height, width } = requireMap(input, 'maxPool2d');
    return repeatEdges(graph, name, step.padding, [height, width], x);
  }
  const [className, config] = layerOf(step);
  const inOrder = weightOrder.flatMap((key) => (weights[key] ? [[key, weights[key]] as const] : []));
  return add(graph, name, className, config, [x], inOrder);
}

const last = { data_format: 'channels_last' } as const;

/** Returns Keras' class of a layer and its configuration. */
function layerOf(step: ModelStep): [string, Config] {
  switch (step.kind) {
    case 'normalise':
      return ['Rescaling', rescaling(step)];
    case 'softmax':
      return ['Activation', { activation: 'softmax' }];
    case 'channelsFirst':
      return ['Permute', { dims: [3, 1, 2] }];
    case 'zeroPad':
      return ['ZeroPadding2D', { padding: step.padding.map((each) => [each, each]), ...last }];
    case 'lowestPad':
      throw new Error('Keras has no layer that pads with a lowest number');
    case 'conv':
      return [
        'Conv2D',
        {
          filters: step.filters,
          kernel_size: step.kernel,
          strides: step.stride,
          padding: 'valid',
          dilation_rate: step.dilation,
          activation: 'linear',
          use_bias: step.bias,
          ...last,
        },
      ];
    case 'everyNth':
      return ['MaxPooling2D', { pool_size: [1, 1], strides: step.stride, padding: 'valid', ...last }];
    case 'maxPool':
    case 'averagePool':
      return [
        step.kind === 'maxPool' ? 'MaxPooling2D' : 'AveragePooling2D',
        { pool_size: step.kernel, strides: step.stride, padding: 'valid', ...last },
      ];
    case 'globalAverage':
      return ['GlobalAveragePooling2D', last];
    case 'batchNorm':
      // Keras' momentum is the weight of the old statistics, PyTorch's that of the new ones.
      return [
        'BatchNormalization',
        { axis: -1, momentum: 1 - step.momentum, epsilon: step.epsilon, center: true, scale: true },
      ];
    case 'dropout':
      return ['Dropout', { rate: step.p }];
    case 'flatten':
      return ['Flatten', last];
    case 'dense':
      return ['Dense', { units: step.units, activation: 'linear', use_bias: step.bias }];
    case 'activation':
      if (step.function === 'leakyRelu') return ['LeakyReLU', { negative_slope: step.negativeSlope }];
      if (step.function === 'elu') return ['ELU', { alpha: step.alpha }];
      return ['Activation', { activation: step.function }];
  }
}

function rescaling({ mean, deviation }: Extract<ModelStep, { kind: 'normalise' }>): Config {
  return {
    scale: single(deviation.map((each) => 1 / each)),
    offset: single(mean.map((each, i) => -each / (deviation[i] as number))),
  };
}

const single = (values: readonly number[]): ConfigValue =>
  values.length === 1 ? (values[0] as number) : values;

/** Repeats the first and last rows, then columns, `padding` times; cropping removes all others. */
function repeatEdges(graph: KerasLayer[], name: string, padding: Pair, size: Pair, x: string): string {
  let padded = x;
  for (const axis of [0, 1] as const) {
    const count = padding[axis];
    if (count === 0) continue;
    const word = axis === 0 ? 'row' : 'column';
    const rest = size[axis] - 1;
    const cropped = (edge: string, own: Pair) => {
      const cropping = axis === 0 ? [own, [0, 0]] : [[0, 0], own];
      return add(graph, `${name}_${edge}_${word}`, 'Cropping2D', { cropping, ...last }, [padded]);
    };
    const first = cropped('first', [0, rest]);
    const final = cropped('last', [rest, 0]);
    const copies = (edge: string) => Array.from({ length: count }, () => edge);
    padded = add(graph, `${name}_${word}s`, 'Concatenate', { axis: axis + 1 }, [
      ...copies(first),
      padded,
      ...copies(final),
    ]);
  }
  return padded;
}
