/**
 * The modules of torch.nn and the functions of torch.nn.functional that are layers here: their signatures and their
 * readers.
 */
import {
  type ComposedFunction,
  composedActivations,
  composedFunctions,
} from '../../../layers/composedActivations.ts';
import { numberOf, only } from './arguments.ts';
import {
  type Reader,
  activate,
  adaptive,
  batchNorm,
  conv2d,
  dropout,
  flatten,
  linear,
  pooling,
  softmax,
  unflatten,
} from './layerReaders.ts';

export interface TableEntry {
  /** Parameters of the module's constructor; the function takes its input before them. */
  readonly signature: readonly string[];
  readonly operations: Reader;
  /** True if its parameters are drawn when it is made. */
  readonly draws?: boolean;
}

const inplace = ['inplace'];

const composed = (name: ComposedFunction): TableEntry => ({ signature: inplace, operations: activate(name) });

const shared = {
  relu: { signature: inplace, operations: activate('relu') },
  leakyRelu: {
    signature: ['negative_slope', ...inplace],
    operations: activate('leakyRelu', (bound, what) => ({
      negativeSlope: numberOf(bound, 'negative_slope', what, 0.01),
    })),
  },
  elu: {
    signature: ['alpha', ...inplace],
    operations: activate('elu', (bound, what) => ({ alpha: numberOf(bound, 'alpha', what, 1) })),
  },
  selu: { signature: inplace, operations: activate('selu') },
  gelu: {
    signature: ['approximate'],
    operations: (bound, what) => {
      only(bound, 'approximate', 'none', what);
      return activate('gelu')(bound, what);
    },
  },
  sigmoid: { signature: [], operations: activate('sigmoid') },
  tanh: { signature: [], operations: activate('tanh') },
  softplus: {
    signature: ['beta', 'threshold'],
    operations: (bound, what) => {
      only(bound, 'beta', 1, what);
      only(bound, 'threshold', 20, what);
      return activate('softplus')(bound, what);
    },
  },
  softmax: { signature: ['dim', '_stacklevel', 'dtype'], operations: softmax(false) },
  logSoftmax: { signature: ['dim', '_stacklevel', 'dtype'], operations: softmax(true) },
  maxPool: {
    signature: ['kernel_size', 'stride', 'padding', 'dilation', 'return_indices', 'ceil_mode'],
    operations: pooling('maxPool2d'),
  },
  functionalMaxPool: {
    signature: ['kernel_size', 'stride', 'padding', 'dilation', 'ceil_mode', 'return_indices'],
    operations: pooling('maxPool2d'),
  },
  avgPool: {
    signature: ['kernel_size', 'stride', 'padding', 'ceil_mode', 'count_include_pad', 'divisor_override'],
    operations: pooling('avgPool2d'),
  },
  adaptiveAverage: { signature: ['output_size'], operations: adaptive('avgPool2d') },
  adaptiveMax: { signature: ['output_size', 'return_indices'], operations: adaptive('maxPool2d') },
  dropout: { signature: ['p', 'inplace'], operations: dropout(false) },
  dropout2d: { signature: ['p', 'inplace'], operations: dropout(true) },
  flatten: { signature: ['start_dim', 'end_dim'], operations: flatten },
  unflatten: { signature: ['dim', 'unflattened_size'], operations: unflatten },
} satisfies Record<string, TableEntry>;

const convSignature = [
  'out_channels',
  'kernel_size',
  'stride',
  'padding',
  'dilation',
  'groups',
  'bias',
  'padding_mode',
  'device',
  'dtype',
];
const batchNormSignature = ['eps', 'momentum', 'affine', 'track_running_stats', 'device', 'dtype'];

/** Keys are names below `torch.nn`. */
export const moduleTable: Readonly<Record<string, TableEntry | undefined>> = {
  Conv2d: { signature: ['in_channels', ...convSignature], operations: conv2d(false), draws: true },
  LazyConv2d: { signature: convSignature, operations: conv2d(true), draws: true },
  Linear: {
    signature: ['in_features', 'out_features', 'bias', 'device', 'dtype'],
    operations: linear(false),
    draws: true,
  },
  LazyLinear: {
    signature: ['out_features', 'bias', 'device', 'dtype'],
    operations: linear(true),
    draws: true,
  },
  BatchNorm2d: { signature: ['num_features', ...batchNormSignature], operations: batchNorm(false) },
  LazyBatchNorm2d: { signature: batchNormSignature, operations: batchNorm(true) },
  MaxPool2d: shared.maxPool,
  AvgPool2d: shared.avgPool,
  AdaptiveAvgPool2d: shared.adaptiveAverage,
  AdaptiveMaxPool2d: shared.adaptiveMax,
  Dropout: shared.dropout,
  Dropout2d: shared.dropout2d,
  Flatten: shared.flatten,
  Unflatten: shared.unflatten,
  ReLU: shared.relu,
  LeakyReLU: shared.leakyRelu,
  ELU: shared.elu,
  SELU: shared.selu,
  GELU: shared.gelu,
  Sigmoid: shared.sigmoid,
  Tanh: shared.tanh,
  Softplus: shared.softplus,
  ...Object.fromEntries(composedFunctions.map((name) => [composedActivations[name].torch, composed(name)])),
  Softmax: shared.softmax,
  LogSoftmax: shared.logSoftmax,
};

/** Modules that are no layers here and whose output has their input's size. */
export const sizeKeepers = new Set(
  (
    'BatchNorm1d LayerNorm GroupNorm InstanceNorm2d LocalResponseNorm AlphaDropout FeatureAlphaDropout Dropout1d PReLU ' +
    'RReLU ReLU6 Hardtanh Hardswish Hardsigmoid Hardshrink Softshrink Softsign Tanhshrink Threshold LogSigmoid Mish CELU ' +
    'Softmin Softmax2d'
  ).split(' '),
);

const functional: Readonly<Record<string, TableEntry>> = {
  relu: shared.relu,
  relu_: shared.relu,
  leaky_relu: shared.leakyRelu,
  leaky_relu_: shared.leakyRelu,
  elu: shared.elu,
  elu_: shared.elu,
  selu: shared.selu,
  selu_: shared.selu,
  gelu: shared.gelu,
  sigmoid: shared.sigmoid,
  tanh: shared.tanh,
  softplus: shared.softplus,
  ...Object.fromEntries(composedFunctions.map((name) => [name, composed(name)])),
  softmax: shared.softmax,
  log_softmax: shared.logSoftmax,
  max_pool2d: shared.functionalMaxPool,
  avg_pool2d: shared.avgPool,
  adaptive_avg_pool2d: shared.adaptiveAverage,
  adaptive_max_pool2d: shared.adaptiveMax,
};

/** Functions of `torch` itself that equal the functional ones. */
const plainNames = 'relu relu_ sigmoid tanh selu selu_ softmax log_softmax max_pool2d avg_pool2d'.split(' ');

/** Full names of functions whose first argument is a tensor. */
export const functionTable: Readonly<Record<string, TableEntry | undefined>> = {
  ...Object.fromEntries(
    Object.entries(functional).map(([name, entry]) => [`torch.nn.functional.${name}`, entry]),
  ),
  ...Object.fromEntries(plainNames.map((name) => [`torch.${name}`, functional[name]])),
  'torch.special.expit': shared.sigmoid,
  'torch.flatten': shared.flatten,
  'torch.unflatten': {
    signature: ['dim', 'sizes'],
    operations: (bound, what) =>
      unflatten(new Map([...bound, ['unflattened_size', bound.get('sizes') ?? { kind: 'none' }]]), what),
  },
};

/** Functions with an argument `training`, without which they are active in evaluation too. */
export const dropoutFunctions: Readonly<Record<string, TableEntry | undefined>> = {
  'torch.nn.functional.dropout': {
    signature: ['p', 'training', 'inplace'],
    operations: shared.dropout.operations,
  },
  'torch.dropout': { signature: ['p', 'train'], operations: shared.dropout.operations },
  'torch.nn.functional.dropout2d': {
    signature: ['p', 'training', 'inplace'],
    operations: shared.dropout2d.operations,
  },
};

/** Methods of tensors that equal the functions of the same name. */
export const methodTable: Readonly<Record<string, TableEntry | undefined>> = {
  relu: shared.relu,
  relu_: shared.relu,
  sigmoid: shared.sigmoid,
  sigmoid_: shared.sigmoid,
  tanh: shared.tanh,
  tanh_: shared.tanh,
  softmax: shared.softmax,
  log_softmax: shared.logSoftmax,
  flatten: shared.flatten,
};
