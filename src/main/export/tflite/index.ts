/**
 * LiteRT (TFLite): the net as float32 operators of version 1, which every runtime has, with channels last and
 * a batch of any size. Batch normalisation after a convolution is folded into it; padding is a separate
 * operator, because LiteRT's "same" differs from PyTorch's.
 */
import type { ExportOptions } from '../../../shared/export/formats.ts';
import {
  type LastStep,
  type WeightedStep,
  channelsLastModel,
  transposed,
} from '../../../shared/models/channelsLast.ts';
import type { TrainedModel, Weights } from '../../../shared/models/trainedModel.ts';
import type { Encoded } from '../encoded.ts';
import { metadataOf } from '../pytorch/index.ts';
import { addActivation } from './activations.ts';
import { TfliteGraph, type TfliteValue } from './graph.ts';
import {
  addOptions,
  conv2dOptions,
  fullyConnectedOptions,
  mulOptions,
  padOptions,
  padV2Options,
  pool2dOptions,
  reducerOptions,
  reshapeOptions,
  serializeTflite,
  softmaxOptions,
  transposeOptions,
} from './schema.ts';

/** Returns the names of the input and the output, in the graph and in its signature. */
const tfliteNames = ({ normalisation, output }: ExportOptions) => ({
  input: normalisation === 'inside' ? 'pixels' : 'images',
  output,
});

export function encodeTflite(model: TrainedModel, options: ExportOptions): Encoded {
  const graph = new TfliteGraph();
  const names = tfliteNames(options);
  const { height, width, channels } = model.network.input;
  const input = graph.value(names.input, [height, width, channels]);
  const result = addList(graph, channelsLastModel(model, options), input);
  // A reshape to the existing shape gives the output its own name whatever the last layer is.
  const output = reshaped(graph, names.output, result, result.shape);
  const metadata = {
    ...metadataOf(model),
    input: options.normalisation === 'inside' ? 'pixels in [0, 1]' : 'normalised images',
    output: options.output,
  };
  const bytes = serializeTflite({
    description: `${model.network.name}, trained by Stride`,
    tensors: graph.tensors,
    operators: graph.operators,
    input: input.tensor,
    output: output.tensor,
    metadata: { stride: JSON.stringify(metadata) },
  });
  return { files: [{ path: 'model.tflite', bytes }] };
}

/** Adds the steps, some of which are one operator together with the next step. */
function addList(graph: TfliteGraph, steps: readonly LastStep[], x: TfliteValue): TfliteValue {
  let value = x;
  for (let i = 0; i < steps.length; i += 1) {
    const step = steps[i] as LastStep;
    if (!isStep(step, 'conv')) {
      value = addStep(graph, step, value);
      continue;
    }
    let { stride } = step.step;
    let { kernel, bias } = step.weights;
    let next = steps[i + 1];
    if (isStep(next, 'everyNth')) {
      ({ stride } = next.step);
      i += 1;
      next = steps[i + 1];
    }
    if (isStep(next, 'batchNorm')) {
      const { factor, shift } = scaleAndShift(next);
      kernel = { shape: required(kernel).shape, data: scaledLast(required(kernel).data, factor) };
      const before = bias?.data ?? new Float32Array(factor.length);
      bias = {
        shape: [factor.length],
        data: Float32Array.from(factor, (each, c) => each * (before[c] as number) + (shift[c] as number)),
      };
      i += 1;
    }
    value = convolved(graph, { ...step, step: { ...step.step, stride } }, { kernel, bias }, value);
  }
  return value;
}

type StepOf<K extends WeightedStep['step']['kind']> = WeightedStep & {
  readonly step: Extract<WeightedStep['step'], { kind: K }>;
};

const isStep = <K extends WeightedStep['step']['kind']>(
  step: LastStep | undefined,
  kind: K,
): step is StepOf<K> => step !== undefined && 'step' in step && step.step.kind === kind;

function required(weights: Weights | undefined): Weights {
  if (!weights) throw new Error('a step has no weights');
  return weights;
}

/**
 * Returns batch normalisation with its running statistics as x · factor + shift, with one number of each per
 * channel.
 */
function scaleAndShift({ step, weights }: StepOf<'batchNorm'>): { factor: number[]; shift: number[] } {
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map(
    (name) => required(weights[name]).data,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const factor = Array.from(gamma, (each, c) => each / Math.sqrt((variance[c] as number) + step.epsilon));
  const shift = factor.map((each, c) => (beta[c] as number) - each * (mean[c] as number));
  return { factor, shift };
}

/** Multiplies data by factors along the last axis. */
const scaledLast = (data: Float32Array, factor: readonly number[]): Float32Array =>
  data.map((each, i) => each * (factor[i % factor.length] as number));

function slid([height = 1, width = 1]: readonly number[], window: Window, depth: number): number[] {
  const along = (length: number, axis: 0 | 1) => {
    const reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
    return Math.floor((length - reach) / window.stride[axis]) + 1;
  };
  return [along(height, 0), along(width, 1), depth];
}

type Pair = readonly [number, number];
interface Window {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
}

/** Adds a convolution; LiteRT's filters are out × height × width × in. */
function convolved(
  graph: TfliteGraph,
  { name, step }: StepOf<'conv'>,
  { kernel, bias }: { kernel: Weights | undefined; bias: Weights | undefined },
  x: TfliteValue,
): TfliteValue {
  const { shape, data } = transposed(required(kernel), [3, 0, 1, 2]);
  const filters = graph.floats(`${name}/kernel`, shape, data);
  const added = biasOf(graph, name, bias, step.filters);
  const output = slid(x.shape, step, step.filters);
  const inputs = [x.tensor, filters, added];
  return graph.node('conv2d', name, inputs, output, conv2dOptions(step.stride, step.dilation));
}

/** Adds a bias, of zeros if there is none: without a bias, fully connected layers need a later version. */
const biasOf = (graph: TfliteGraph, name: string, bias: Weights | undefined, count: number): number =>
  graph.floats(`${name}/bias`, [count], bias?.data ?? new Float32Array(count));

function addStep(graph: TfliteGraph, step: LastStep, x: TfliteValue): TfliteValue {
  if ('step' in step) return addPlain(graph, step, x);
  const main = addList(graph, step.main, x);
  const side = addList(graph, step.side, x);
  return graph.node('add', step.name, [main.tensor, side.tensor], main.shape, addOptions);
}

function reshaped(graph: TfliteGraph, name: string, x: TfliteValue, shape: readonly number[]): TfliteValue {
  const target = graph.integers(`${name}/shape`, [shape.length + 1], [-1, ...shape]);
  return graph.node('reshape', name, [x.tensor, target], shape, reshapeOptions);
}

/** Adds x · factor + shift along the last axis. */
function scaled(
  graph: TfliteGraph,
  name: string,
  x: TfliteValue,
  { factor, shift }: { factor: readonly number[]; shift: readonly number[] },
): TfliteValue {
  const constant = (suffix: string, values: readonly number[]) =>
    graph.floats(`${name}/${suffix}`, [values.length], Float32Array.from(values));
  const inputs = [x.tensor, constant('factor', factor)];
  const product = graph.node('mul', `${name}_scaled`, inputs, x.shape, mulOptions);
  return graph.node('add', name, [product.tensor, constant('shift', shift)], x.shape, addOptions);
}

/** Lowest finite float32, which never exceeds a number of the net in a max-pool. */
const lowest = -3.4028234663852886e38;

function padded(
  graph: TfliteGraph,
  name: string,
  x: TfliteValue,
  padding: Pair,
  value: number | null,
): TfliteValue {
  const [height = 1, width = 1, channels = 1] = x.shape;
  const [rows, columns] = padding;
  const amounts = graph.integers(`${name}/paddings`, [4, 2], [0, 0, rows, rows, columns, columns, 0, 0]);
  const shape = [height + 2 * rows, width + 2 * columns, channels];
  if (value === null) return graph.node('pad', name, [x.tensor, amounts], shape, padOptions);
  const constant = graph.floats(`${name}/value`, [1], Float32Array.of(value));
  return graph.node('padV2', name, [x.tensor, amounts, constant], shape, padV2Options);
}

function addDense(graph: TfliteGraph, { name, step, weights }: StepOf<'dense'>, x: TfliteValue): TfliteValue {
  const { shape, data } = transposed(required(weights['kernel']), [1, 0]);
  const kernel = graph.floats(`${name}/kernel`, shape, data);
  const added = biasOf(graph, name, weights['bias'], step.units);
  return graph.node('fullyConnected', name, [x.tensor, kernel, added], [step.units], fullyConnectedOptions);
}

function addPlain(graph: TfliteGraph, weighted: WeightedStep, x: TfliteValue): TfliteValue {
  const { name, step, weights } = weighted;
  switch (step.kind) {
    case 'normalise':
      return scaled(graph, name, x, {
        factor: step.deviation.map((each) => 1 / each),
        shift: step.mean.map((mean, c) => -mean / (step.deviation[c] as number)),
      });
    case 'batchNorm':
      return scaled(graph, name, x, scaleAndShift(weighted as StepOf<'batchNorm'>));
    case 'zeroPad':
      return padded(graph, name, x, step.padding, null);
    case 'lowestPad':
      return padded(graph, name, x, step.padding, lowest);
    case 'conv':
      return convolved(
        graph,
        weighted as StepOf<'conv'>,
        { kernel: weights['kernel'], bias: weights['bias'] },
        x,
      );
    case 'everyNth':
    case 'maxPool':
    case 'averagePool': {
      const kernel: Pair = step.kind === 'everyNth' ? [1, 1] : step.kernel;
      const operator = step.kind === 'averagePool' ? 'averagePool2d' : 'maxPool2d';
      const shape = slid(x.shape, { kernel, stride: step.stride, dilation: [1, 1] }, x.shape[2] ?? 1);
      return graph.node(operator, name, [x.tensor], shape, pool2dOptions(kernel, step.stride));
    }
    case 'globalAverage': {
      const axes = graph.integers(`${name}/axes`, [2], [1, 2]);
      return graph.node('mean', name, [x.tensor, axes], [x.shape[2] ?? 1], reducerOptions);
    }
    case 'dropout':
      return x;
    case 'channelsFirst': {
      const [height = 1, width = 1, channels = 1] = x.shape;
      const order = graph.integers(`${name}/order`, [4], [0, 3, 1, 2]);
      const shape = [channels, height, width];
      return graph.node('transpose', name, [x.tensor, order], shape, transposeOptions);
    }
    case 'flatten':
      return reshaped(graph, name, x, [x.shape.reduce((a, b) => a * b, 1)]);
    case 'dense':
      return addDense(graph, weighted as StepOf<'dense'>, x);
    case 'softmax':
      return graph.node('softmax', name, [x.tensor], x.shape, softmaxOptions);
    case 'activation':
      return addActivation(graph, step, name, x);
  }
}
