/**
 * Converts the arguments of a torch call to operations on a tensor, one function for each kind of layer. Arguments that
 * the layers do not support are reported.
 */
import type { Activation, ActivationFunction } from '../../../layers/activation.ts';
import { type Layer, layerSchema } from '../../../layers/index.ts';
import type { PairField } from '../../../layers/layer.ts';
import { canonicalLayer } from '../../canonical.ts';
import { outOfRange } from '../outOfRange.ts';
import { NotUnderstood, type TensorOperation, type Takes } from '../values.ts';
import {
  type Bound,
  booleanOf,
  numberOf,
  numbersOf,
  only,
  pairOf,
  readableNumber,
  unreadable,
} from './arguments.ts';

export type Reader = (bound: Bound, what: string) => TensorOperation[];

/** Checks the layer's fields; those out of range are reported. */
function layer(
  what: string,
  fields: Layer,
  more: { takes?: Takes; ceil?: boolean; wholeChannels?: boolean } = {},
) {
  const result = layerSchema.safeParse(fields);
  if (!result.success) throw outOfRange(what, result.error, fields);
  return [{ kind: 'layer', layer: canonicalLayer(fields), torch: what, ...more } as const];
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

function paddingOf(bound: Bound, kernel: PairField, dilation: PairField | undefined, what: string) {
  const word = bound.get('padding');
  if (word?.kind !== 'string') return pairOf(bound, 'padding', what);
  if (word.value === 'valid') return undefined;
  if (word.value === 'same') return samePadding(bound, kernel, dilation, what);
  throw new NotUnderstood('argument-unsupported', { what, argument: 'padding', value: word.value });
}

export const conv2d =
  (lazy: boolean): Reader =>
  (bound, what) => {
    only(bound, 'groups', 1, what);
    const kernelSize = pairOf(bound, 'kernel_size', what);
    if (kernelSize === undefined) throw unreadable(what, 'kernel_size');
    const dilation = pairOf(bound, 'dilation', what);
    const padding = paddingOf(bound, kernelSize, dilation, what);
    if (padding !== undefined && numbersOf(bound.get('padding'))?.every((n) => n === 0) !== true)
      only(bound, 'padding_mode', 'zeros', what);
    const channels = lazy ? undefined : readableNumber(bound, 'in_channels');
    return layer(
      what,
      {
        type: 'conv2d',
        filters: numberOf(bound, 'out_channels', what),
        kernelSize,
        ...given('stride', pairOf(bound, 'stride', what)),
        ...given('padding', padding),
        ...given('dilation', dilation),
        bias: booleanOf(bound, 'bias', what, true),
      },
      channels === undefined ? {} : { takes: { channels } },
    );
  };

export const linear =
  (lazy: boolean): Reader =>
  (bound, what) => {
    // Only the units matter: the number of input features follows from the preceding layers.
    const features = lazy ? undefined : readableNumber(bound, 'in_features');
    return layer(
      what,
      {
        type: 'linear',
        units: numberOf(bound, 'out_features', what),
        bias: booleanOf(bound, 'bias', what, true),
      },
      features === undefined ? {} : { takes: { features } },
    );
  };

export const batchNorm =
  (lazy: boolean): Reader =>
  (bound, what) => {
    only(bound, 'affine', true, what);
    only(bound, 'track_running_stats', true, what);
    const channels = lazy ? undefined : readableNumber(bound, 'num_features');
    return layer(
      what,
      {
        type: 'batchNorm2d',
        epsilon: numberOf(bound, 'eps', what, 1e-5),
        momentum: numberOf(bound, 'momentum', what, 0.1),
      },
      channels === undefined ? {} : { takes: { channels } },
    );
  };

export const pooling =
  (type: 'maxPool2d' | 'avgPool2d'): Reader =>
  (bound, what) => {
    only(bound, 'dilation', 1, what);
    only(bound, 'return_indices', false, what);
    only(bound, 'divisor_override', null, what);
    const kernelSize = pairOf(bound, 'kernel_size', what);
    if (kernelSize === undefined) throw unreadable(what, 'kernel_size');
    const padding = pairOf(bound, 'padding', what);
    const padded =
      padding !== undefined && (typeof padding === 'number' ? padding > 0 : padding.some((n) => n > 0));
    if (padded) only(bound, 'count_include_pad', true, what);
    return layer(
      what,
      { type, kernelSize, ...given('stride', pairOf(bound, 'stride', what)), ...given('padding', padding) },
      booleanOf(bound, 'ceil_mode', what, false) ? { ceil: true } : {},
    );
  };

export const adaptive =
  (pool: 'maxPool2d' | 'avgPool2d'): Reader =>
  (bound, what) => {
    only(bound, 'return_indices', false, what);
    const size = bound.get('output_size');
    const sides = (size?.kind === 'list' ? size.items : [size, size]).map((side) =>
      side?.kind === 'number' ? side.value : side?.kind === 'none' ? null : NaN,
    );
    const [height, width = height] = sides;
    if (height === undefined || width === undefined || Number.isNaN(height) || Number.isNaN(width))
      throw unreadable(what, 'output_size');
    return [{ kind: 'adaptive', pool, size: [height, width] }];
  };

export const flatten: Reader = (bound, what) => [
  {
    kind: 'flatten',
    start: numberOf(bound, 'start_dim', what, what === 'nn.Flatten' ? 1 : 0),
    end: numberOf(bound, 'end_dim', what, -1),
  },
];

export const unflatten: Reader = (bound, what) => {
  const sizes = numbersOf(bound.get('unflattened_size'));
  if (!sizes) throw unreadable(what, 'unflattened_size');
  return [{ kind: 'unflatten', axis: numberOf(bound, 'dim', what), sizes }];
};

export const activate =
  (
    name: ActivationFunction,
    fields: (bound: Bound, what: string) => Partial<Activation> = () => ({}),
  ): Reader =>
  (bound, what) =>
    layer(what, { type: 'activation', function: name, ...fields(bound, what) });

export const softmax =
  (logarithm: boolean): Reader =>
  (bound, what) => {
    const dim = bound.get('dim');
    if (dim && !(dim.kind === 'number' && (dim.value === 1 || dim.value === -1)) && dim.kind !== 'none')
      throw new NotUnderstood('argument-unsupported', {
        what,
        argument: 'dim',
        value: dim.kind === 'number' ? dim.value : '…',
      });
    return [{ kind: 'softmax', logarithm }];
  };

export const dropout =
  (wholeChannels: boolean): Reader =>
  (bound, what) => {
    const p = numberOf(bound, 'p', what, 0.5);
    return layer(what, { type: 'dropout', p }, wholeChannels && p > 0 ? { wholeChannels } : {});
  };
