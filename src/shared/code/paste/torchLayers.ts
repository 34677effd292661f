/**
 * torch.nn's modules and torch.nn.functional's functions that are layers here: their signatures, and the steps that a
 * call comes to. Whatever an argument asks for that the layers do not have is named.
 */
import type { Activation, ActivationFunction } from '../../layers/activation.ts';
import type { Layer } from '../../layers/index.ts';
import { type PairField, layerSchemaProblem } from './checked.ts';
import { canonicalLayer } from '../canonical.ts';
import { NotUnderstood, type Step, type Value } from './values.ts';

export interface CallArguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

type Bound = ReadonlyMap<string, Value>;

/** Arguments by the names of the signature. */
export function bind(
  what: string,
  signature: readonly string[],
  { positional, named }: CallArguments,
): Bound {
  const bound = new Map<string, Value>();
  if (positional.length > signature.length)
    throw new NotUnderstood('arguments', { what, most: signature.length, given: positional.length });
  positional.forEach((value, i) => bound.set(signature[i] as string, value));
  for (const [name, value] of named) {
    if (!signature.includes(name)) throw new NotUnderstood('argument-unknown', { what, argument: name });
    bound.set(name, value);
  }
  return bound;
}

function unreadable(what: string, argument: string): NotUnderstood {
  return new NotUnderstood('argument-unreadable', { what, argument });
}

export function numberOf(bound: Bound, name: string, what: string, fallback?: number): number {
  const value = bound.get(name);
  if (value === undefined && fallback !== undefined) return fallback;
  if (value?.kind === 'number') return value.value;
  throw unreadable(what, name);
}

export function booleanOf(bound: Bound, name: string, what: string, fallback: boolean): boolean {
  const value = bound.get(name);
  if (value === undefined) return fallback;
  if (value.kind === 'boolean') return value.value;
  if (value.kind === 'number') return value.value !== 0;
  if (value.kind === 'none') return false;
  throw unreadable(what, name);
}

/** One number or a pair. */
function pairOf(bound: Bound, name: string, what: string): PairField | undefined {
  const value = bound.get(name);
  if (value === undefined || value.kind === 'none') return undefined;
  if (value.kind === 'number') return value.value;
  if (value.kind === 'list') {
    const [height, width] = value.items;
    if (value.items.length === 1 && height?.kind === 'number') return height.value;
    if (value.items.length === 2 && height?.kind === 'number' && width?.kind === 'number')
      return [height.value, width.value];
  }
  throw unreadable(what, name);
}

/** An argument that only has its default here. */
function only(bound: Bound, name: string, allowed: string | number | boolean | null, what: string): void {
  const value = bound.get(name);
  if (value === undefined) return;
  const given =
    value.kind === 'none'
      ? null
      : value.kind === 'number' || value.kind === 'string' || value.kind === 'boolean'
        ? value.value
        : undefined;
  if (given === allowed) return;
  if (value.kind === 'list' && value.items.every((item) => item.kind === 'number' && item.value === allowed))
    return;
  throw new NotUnderstood('argument-unsupported', { what, argument: name, value: String(given ?? '…') });
}

/** Checks the layer's fields; what is out of their range is named. */
function layerStep(what: string, layer: Layer, takes?: { channels?: number; features?: number }): Step {
  const problem = layerSchemaProblem(layer);
  if (problem) throw new NotUnderstood('argument-range', { what, detail: problem });
  return { kind: 'layer', layer: canonicalLayer(layer), ...(takes ? { takes } : {}) };
}

const given = <K extends string, V>(name: K, value: V | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { [N in K]?: V };

function samePadding(bound: Bound, kernel: PairField, dilation: PairField | undefined, what: string) {
  const side = (axis: 0 | 1): number => {
    const k = typeof kernel === 'number' ? kernel : kernel[axis];
    const d = dilation === undefined ? 1 : typeof dilation === 'number' ? dilation : dilation[axis];
    const all = d * (k - 1);
    if (all % 2 !== 0) throw new NotUnderstood('padding-same-even', { what, kernel: k });
    return all / 2;
  };
  only(bound, 'stride', 1, `${what}(padding='same')`);
  return [side(0), side(1)] as [number, number];
}

function conv2d(bound: Bound, what: string): Step[] {
  only(bound, 'groups', 1, what);
  only(bound, 'padding_mode', 'zeros', what);
  const kernelSize = pairOf(bound, 'kernel_size', what);
  if (kernelSize === undefined) throw unreadable(what, 'kernel_size');
  const dilation = pairOf(bound, 'dilation', what);
  const word = bound.get('padding');
  const padding =
    word?.kind === 'string'
      ? word.value === 'valid'
        ? undefined
        : word.value === 'same'
          ? samePadding(bound, kernelSize, dilation, what)
          : undefined
      : pairOf(bound, 'padding', what);
  if (word?.kind === 'string' && !['valid', 'same'].includes(word.value))
    throw new NotUnderstood('argument-unsupported', { what, argument: 'padding', value: word.value });
  const bias = booleanOf(bound, 'bias', what, true);
  const layer: Layer = {
    type: 'conv2d',
    filters: numberOf(bound, 'out_channels', what),
    kernelSize,
    ...given('stride', pairOf(bound, 'stride', what)),
    ...given('padding', padding),
    ...given('dilation', dilation),
    bias,
  };
  return [layerStep(what, layer, { channels: numberOf(bound, 'in_channels', what) })];
}

function pooling(type: 'maxPool2d' | 'avgPool2d') {
  return (bound: Bound, what: string): Step[] => {
    only(bound, 'ceil_mode', false, what);
    only(bound, 'dilation', 1, what);
    only(bound, 'return_indices', false, what);
    only(bound, 'divisor_override', null, what);
    const kernelSize = pairOf(bound, 'kernel_size', what);
    if (kernelSize === undefined) throw unreadable(what, 'kernel_size');
    const padding = pairOf(bound, 'padding', what);
    if (padding !== undefined && padding !== 0) only(bound, 'count_include_pad', true, what);
    const layer: Layer = {
      type,
      kernelSize,
      ...given('stride', pairOf(bound, 'stride', what)),
      ...given('padding', padding),
    };
    return [layerStep(what, layer)];
  };
}

function adaptive(pool: 'maxPool2d' | 'avgPool2d') {
  return (bound: Bound, what: string): Step[] => {
    const size = pairOf(bound, 'output_size', what);
    if (size === undefined) throw unreadable(what, 'output_size');
    return [{ kind: 'adaptive', pool, size: typeof size === 'number' ? [size, size] : size }];
  };
}

function flatten(bound: Bound, what: string): Step[] {
  only(bound, 'end_dim', -1, what);
  if (numberOf(bound, 'start_dim', what, what === 'nn.Flatten' ? 1 : 0) !== 1)
    throw new NotUnderstood('argument-unsupported', {
      what,
      argument: 'start_dim',
      value: numberOf(bound, 'start_dim', what, 0),
    });
  return [{ kind: 'flatten' }];
}

const activate =
  (name: ActivationFunction, fields: (bound: Bound, what: string) => Partial<Activation> = () => ({})) =>
  (bound: Bound, what: string): Step[] => [
    layerStep(what, { type: 'activation', function: name, ...fields(bound, what) }),
  ];

const softmax =
  (logarithm: boolean) =>
  (bound: Bound, what: string): Step[] => {
    const dim = bound.get('dim');
    if (dim && !(dim.kind === 'number' && (dim.value === 1 || dim.value === -1)) && dim.kind !== 'none')
      throw new NotUnderstood('argument-unsupported', { what, argument: 'dim', value: 'dim' });
    return [{ kind: 'softmax', logarithm }];
  };

interface Entry {
  /** Of the module's constructor; a function takes the input before them. */
  readonly signature: readonly string[];
  readonly steps: (bound: Bound, what: string) => Step[];
  /** Whether its parameters are drawn when it is made. */
  readonly draws?: boolean;
}

const inplace = ['inplace'];

const shared = {
  relu: { signature: inplace, steps: activate('relu') },
  leakyRelu: {
    signature: ['negative_slope', ...inplace],
    steps: activate('leakyRelu', (bound, what) => ({
      negativeSlope: numberOf(bound, 'negative_slope', what, 0.01),
    })),
  },
  elu: {
    signature: ['alpha', ...inplace],
    steps: activate('elu', (bound, what) => ({ alpha: numberOf(bound, 'alpha', what, 1) })),
  },
  selu: { signature: inplace, steps: activate('selu') },
  gelu: {
    signature: ['approximate'],
    steps: (bound: Bound, what: string) => {
      only(bound, 'approximate', 'none', what);
      return activate('gelu')(bound, what);
    },
  },
  sigmoid: { signature: [], steps: activate('sigmoid') },
  tanh: { signature: [], steps: activate('tanh') },
  softplus: {
    signature: ['beta', 'threshold'],
    steps: (bound: Bound, what: string) => {
      only(bound, 'beta', 1, what);
      only(bound, 'threshold', 20, what);
      return activate('softplus')(bound, what);
    },
  },
  silu: { signature: inplace, steps: activate('silu') },
  softmax: { signature: ['dim', '_stacklevel', 'dtype'], steps: softmax(false) },
  logSoftmax: { signature: ['dim', '_stacklevel', 'dtype'], steps: softmax(true) },
  maxPool: {
    signature: ['kernel_size', 'stride', 'padding', 'dilation', 'return_indices', 'ceil_mode'],
    steps: pooling('maxPool2d'),
  },
  functionalMaxPool: {
    signature: ['kernel_size', 'stride', 'padding', 'dilation', 'ceil_mode', 'return_indices'],
    steps: pooling('maxPool2d'),
  },
  avgPool: {
    signature: ['kernel_size', 'stride', 'padding', 'ceil_mode', 'count_include_pad', 'divisor_override'],
    steps: pooling('avgPool2d'),
  },
  adaptiveAverage: { signature: ['output_size'], steps: adaptive('avgPool2d') },
  adaptiveMax: { signature: ['output_size', 'return_indices'], steps: adaptive('maxPool2d') },
  dropout: {
    signature: ['p', 'inplace'],
    steps: (bound: Bound, what: string) => [
      layerStep(what, { type: 'dropout', p: numberOf(bound, 'p', what, 0.5) }),
    ],
  },
  flatten: { signature: ['start_dim', 'end_dim'], steps: flatten },
  identity: { signature: ['a', 'b', 'c'], steps: () => [] },
} satisfies Record<string, Entry>;

/** Names below `torch.nn`. */
export const moduleTable: Readonly<Record<string, Entry>> = {
  Conv2d: {
    signature: [
      'in_channels',
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
    ],
    steps: conv2d,
    draws: true,
  },
  Linear: {
    signature: ['in_features', 'out_features', 'bias', 'device', 'dtype'],
    steps: (bound, what) => [
      layerStep(
        what,
        {
          type: 'linear',
          units: numberOf(bound, 'out_features', what),
          bias: booleanOf(bound, 'bias', what, true),
        },
        { features: numberOf(bound, 'in_features', what) },
      ),
    ],
    draws: true,
  },
  BatchNorm2d: {
    signature: ['num_features', 'eps', 'momentum', 'affine', 'track_running_stats', 'device', 'dtype'],
    steps: (bound, what) => {
      only(bound, 'affine', true, what);
      only(bound, 'track_running_stats', true, what);
      const layer: Layer = {
        type: 'batchNorm2d',
        epsilon: numberOf(bound, 'eps', what, 1e-5),
        momentum: numberOf(bound, 'momentum', what, 0.1),
      };
      return [layerStep(what, layer, { channels: numberOf(bound, 'num_features', what) })];
    },
  },
  MaxPool2d: shared.maxPool,
  AvgPool2d: shared.avgPool,
  AdaptiveAvgPool2d: shared.adaptiveAverage,
  AdaptiveMaxPool2d: shared.adaptiveMax,
  Dropout: shared.dropout,
  Flatten: shared.flatten,
  ReLU: shared.relu,
  LeakyReLU: shared.leakyRelu,
  ELU: shared.elu,
  SELU: shared.selu,
  GELU: shared.gelu,
  Sigmoid: shared.sigmoid,
  Tanh: shared.tanh,
  Softplus: shared.softplus,
  SiLU: shared.silu,
  Softmax: shared.softmax,
  LogSoftmax: shared.logSoftmax,
  Identity: shared.identity,
};

/** Full names of functions that take a tensor first. */
export const functionTable: Readonly<Record<string, Entry>> = {
  'torch.nn.functional.relu': shared.relu,
  'torch.nn.functional.leaky_relu': shared.leakyRelu,
  'torch.nn.functional.elu': shared.elu,
  'torch.nn.functional.selu': shared.selu,
  'torch.nn.functional.gelu': shared.gelu,
  'torch.nn.functional.sigmoid': shared.sigmoid,
  'torch.nn.functional.tanh': shared.tanh,
  'torch.nn.functional.softplus': shared.softplus,
  'torch.nn.functional.silu': shared.silu,
  'torch.nn.functional.softmax': shared.softmax,
  'torch.nn.functional.log_softmax': shared.logSoftmax,
  'torch.nn.functional.max_pool2d': shared.functionalMaxPool,
  'torch.nn.functional.avg_pool2d': shared.avgPool,
  'torch.nn.functional.adaptive_avg_pool2d': shared.adaptiveAverage,
  'torch.nn.functional.adaptive_max_pool2d': shared.adaptiveMax,
  'torch.relu': shared.relu,
  'torch.sigmoid': shared.sigmoid,
  'torch.tanh': shared.tanh,
  'torch.selu': shared.selu,
  'torch.softmax': shared.softmax,
  'torch.log_softmax': shared.logSoftmax,
  'torch.flatten': shared.flatten,
};

/** Methods of tensors that are the functions of the same name. */
export const methodTable: Readonly<Record<string, Entry>> = {
  relu: shared.relu,
  relu_: shared.relu,
  sigmoid: shared.sigmoid,
  tanh: shared.tanh,
  softmax: shared.softmax,
  log_softmax: shared.logSoftmax,
  flatten: shared.flatten,
};

/** `F.dropout` needs `training=self.training`, or it is on in evaluation too. */
export const dropoutFunction = { signature: ['p', 'training', 'inplace'], steps: shared.dropout.steps };
