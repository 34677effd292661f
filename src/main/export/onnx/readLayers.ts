/**
 * Reads one ONNX node as a layer with its weights, or as nothing; a node without a corresponding layer is
 * refused by name.
 */
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import { importNotes } from '../read/notes.ts';
import type { Layer } from '../../../shared/layers/index.ts';
import type { Pair } from '../../../shared/layers/layer.ts';
import { shortPair } from '../../../shared/code/canonical.ts';
import { transposed } from '../../../shared/models/channelsLast.ts';
import type { Weights } from '../../../shared/models/trainedModel.ts';
import { floatOf, intOf, intsOf, textOf } from './attributes.ts';
import { type GraphView, type ConstantValues, nameOf } from './graphView.ts';
import type { Node } from './proto.ts';

export interface ReadLayer {
  readonly layer: Layer;
  readonly weights: Readonly<Record<string, Weights>>;
  /** Layers of a residual block. */
  readonly inner: readonly ReadLayer[];
  readonly shortcut?: ReadLayer;
  /** Whether a flattened map has its channels last, as TensorFlow's maps have. */
  readonly channelsLast?: true;
}

const simple = (layer: Layer, weights: Readonly<Record<string, Weights>> = {}): ReadLayer[] => [
  { layer, weights, inner: [] },
];

/** Returns the node's layers; `bias` is that of an addition after the node. */
export function layerOf(
  view: GraphView,
  node: Node,
  notes: ProblemRecord[],
  bias: ConstantValues | null,
): ReadLayer[] {
  switch (node.opType) {
    case 'Conv':
      return conv(view, node, bias);
    case 'MaxPool':
    case 'AveragePool':
      return pool(view, node);
    case 'GlobalAveragePool':
    case 'ReduceMean':
      return simple({ type: 'globalAveragePool' });
    case 'BatchNormalization':
      return batchNorm(view, node, notes);
    case 'Dropout': {
      const given = view.constant(node.input?.[1] ?? '')?.data[0];
      const p = given ?? floatOf(node, 'ratio', 0.5);
      return simple({ type: 'dropout', p: Number(Math.min(0.99, p).toPrecision(6)) });
    }
    case 'Flatten':
      if (intOf(node, 'axis', 1) !== 1)
        throw view.refused('a map is flattened from its first axis after the batch on', nameOf(node));
      return simple({ type: 'flatten' });
    case 'Reshape':
      return reshape(view, node);
    case 'Gemm':
    case 'MatMul':
      return linear(view, node, bias);
    case 'Relu':
      return simple({ type: 'activation', function: 'relu' });
    case 'LeakyRelu':
      return simple({
        type: 'activation',
        function: 'leakyRelu',
        negativeSlope: exact(floatOf(node, 'alpha', 0.01)),
      });
    case 'Elu':
      return simple({ type: 'activation', function: 'elu', alpha: exact(floatOf(node, 'alpha', 1)) });
    case 'Selu':
      return simple({ type: 'activation', function: 'selu' });
    case 'Sigmoid':
      return simple({ type: 'activation', function: 'sigmoid' });
    case 'Tanh':
      return simple({ type: 'activation', function: 'tanh' });
    case 'Softplus':
      return simple({ type: 'activation', function: 'softplus' });
    case 'Gelu':
      if (textOf(node, 'approximate', 'none') !== 'none')
        throw view.refused('GELU is the exact one here', nameOf(node));
      return simple({ type: 'activation', function: 'gelu' });
    default:
      throw view.refused('no layer here does what this operation does', nameOf(node));
  }
}

/**
 * Returns the axes of a ReduceMean of four dimensions, counted from the first one: an attribute, or since
 * opset 18 an input.
 */
export function meanAxes(view: GraphView, node: Node): string {
  const axes = intsOf(node, 'axes') ?? [...(view.constant(node.input?.[1] ?? '')?.data ?? [])];
  return axes
    .map((axis) => (axis < 0 ? axis + 4 : axis))
    .toSorted((a, b) => a - b)
    .join();
}

/** Returns the shortest decimal of a float32, which is how it was written originally. */
const exact = (value: number): number => Number(value.toPrecision(7));

function pairOf(values: readonly number[] | undefined, otherwise: Pair): Pair {
  const [height = otherwise[0], width = otherwise[1]] = values ?? [];
  return [height, width];
}

/** Returns the padding. It must be the same at both ends of an axis. */
function paddingOf(view: GraphView, node: Node, kernel: Pair): Pair {
  const automatic = textOf(node, 'auto_pad', 'NOTSET');
  if (automatic.startsWith('SAME')) {
    const stride = pairOf(intsOf(node, 'strides'), [1, 1]);
    if (stride[0] === 1 && stride[1] === 1 && kernel.every((each) => each % 2 === 1))
      return [(kernel[0] - 1) / 2, (kernel[1] - 1) / 2];
    throw view.refused(
      'padding is the same at both ends of an axis here',
      `${nameOf(node)} with ${automatic}`,
    );
  }
  const pads = intsOf(node, 'pads') ?? [0, 0, 0, 0];
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  if (top !== bottom || left !== right)
    throw view.refused(
      'padding is the same at both ends of an axis here',
      `${nameOf(node)} with ${pads.join(', ')}`,
    );
  return [top, left];
}

function conv(view: GraphView, node: Node, added: ConstantValues | null): ReadLayer[] {
  if (intOf(node, 'group', 1) !== 1) throw view.refused('convolutions have one group here', nameOf(node));
  const weight = view.weights(node, 1, 'the weights');
  const [filters = 0, , height = 1, width = 1] = weight.shape;
  const bias = node.input?.[2] ? view.weights(node, 2, 'the bias') : added && vector(added, filters);
  const layer: Layer = {
    type: 'conv2d',
    filters,
    kernelSize: shortPair([height, width]),
    stride: shortPair(pairOf(intsOf(node, 'strides'), [1, 1])),
    padding: shortPair(paddingOf(view, node, [height, width])),
    dilation: shortPair(pairOf(intsOf(node, 'dilations'), [1, 1])),
    bias: bias !== null,
  };
  return simple(layer, { weight, ...(bias && { bias }) });
}

function pool(view: GraphView, node: Node): ReadLayer[] {
  const kernel = pairOf(intsOf(node, 'kernel_shape'), [1, 1]);
  const padding = paddingOf(view, node, kernel);
  const average = node.opType === 'AveragePool';
  if (intOf(node, 'ceil_mode', 0) !== 0)
    throw view.refused('pools round down here', `${nameOf(node)} with ceil_mode`);
  if ((intsOf(node, 'dilations') ?? []).some((each) => each !== 1))
    throw view.refused('pools have no dilation here', nameOf(node));
  if (average && padding.some((each) => each > 0) && intOf(node, 'count_include_pad', 0) === 0)
    throw view.refused('an average counts its padding here', `${nameOf(node)} without count_include_pad`);
  return simple({
    type: average ? 'avgPool2d' : 'maxPool2d',
    kernelSize: shortPair(kernel),
    stride: shortPair(pairOf(intsOf(node, 'strides'), [1, 1])),
    padding: shortPair(padding),
  });
}

function batchNorm(view: GraphView, node: Node, notes: ProblemRecord[]): ReadLayer[] {
  if (intOf(node, 'training_mode', 0) === 1) notes.push(importNotes.trainingMode(nameOf(node)));
  const [weight, bias, mean, variance] = [1, 2, 3, 4].map((position) =>
    view.weights(node, position, 'the statistics'),
  );
  return simple(
    {
      type: 'batchNorm2d',
      epsilon: exact(floatOf(node, 'epsilon', 1e-5)),
      // ONNX's momentum is the weight of the old statistics.
      momentum: exact(1 - floatOf(node, 'momentum', 0.9)),
    },
    {
      weight: weight as Weights,
      bias: bias as Weights,
      running_mean: mean as Weights,
      running_var: variance as Weights,
    },
  );
}

/** Reads a reshape to batch × features, however the batch is expressed. */
function reshape(view: GraphView, node: Node): ReadLayer[] {
  const sizes = view.target(node);
  if (sizes?.length === 2 && sizes[0] !== 'unknown') return simple({ type: 'flatten' });
  throw view.refused('a map is flattened to batch × features here', nameOf(node));
}

function linear(view: GraphView, node: Node, added: ConstantValues | null): ReadLayer[] {
  const gemm = node.opType === 'Gemm';
  const plain =
    floatOf(node, 'alpha', 1) === 1 && floatOf(node, 'beta', 1) === 1 && intOf(node, 'transA', 0) === 0;
  if (gemm && !plain) throw view.refused('a linear layer multiplies by its weights alone', nameOf(node));
  const given = view.weights(node, 1, 'the weights');
  const weight = gemm && intOf(node, 'transB', 0) === 1 ? given : transposed(given, [1, 0]);
  const units = weight.shape[0] ?? 0;
  const bias = gemm && node.input?.[2] ? view.weights(node, 2, 'the bias') : added;
  const whole = bias && vector(bias, units);
  return simple({ type: 'linear', units, bias: whole !== null }, { weight, ...(whole && { bias: whole }) });
}

/** Returns a bias as one number per unit, whatever its shape. */
const vector = ({ data }: ConstantValues, units: number): Weights => ({
  shape: [units],
  data: data.length === units ? data : new Float32Array(units).fill(data[0] ?? 0),
});
