/**
 * The computation of one unit's value from the activations and parameters of the engine. Products and sums are in
 * double precision, where a product of two float32 is exact; the engine sums in float32, so that the last digits of its
 * own value may differ.
 */
import { type Computation, type ComputedStep, stepsThrough, wholeMap } from '../layers/computation.ts';
import { computationsOf } from '../layers/index.ts';
import type { MapShape, Pair } from '../layers/layer.ts';
import type { SlidingWindow } from '../layers/window.ts';
import { activationCurve } from '../network/activationCurves.ts';
import { type WindowCell, windowCells } from './inputWindow.ts';
import type { TraceStep } from './trace.ts';
import { type Position, positionOf } from './unitPosition.ts';

export interface Product extends WindowCell {
  readonly weight: number;
  readonly product: number;
}

/** The contribution of one input channel: products in rows of `width`. */
export interface ChannelSum {
  readonly channel: number;
  readonly height: number;
  readonly width: number;
  readonly products: readonly Product[];
  readonly sum: number;
}

export type SpelledOut =
  /**
   * Convolution and linear layer: the channels' sums and the bias make the sum. A flat input is one channel of one row.
   */
  | {
      readonly kind: 'weighted';
      readonly channels: readonly ChannelSum[];
      readonly bias: number | null;
      readonly sum: number;
    }
  /** Max-pooling: `winner` is a position in `cells`, which are in rows of `width`. */
  | {
      readonly kind: 'largest';
      readonly cells: readonly WindowCell[];
      readonly width: number;
      readonly winner: number;
    }
  /** Average pooling: the sum divided by `count`, which includes the padding, as in PyTorch. */
  | {
      readonly kind: 'mean';
      readonly cells: readonly WindowCell[];
      readonly width: number;
      readonly sum: number;
      readonly count: number;
    }
  | { readonly kind: 'function'; readonly input: number; readonly value: number }
  /** Batch normalisation: (input − mean) / √(variance + epsilon) · weight + bias, with the running statistics. */
  | {
      readonly kind: 'normalised';
      readonly input: number;
      readonly mean: number;
      readonly variance: number;
      readonly epsilon: number;
      readonly weight: number;
      readonly bias: number;
      readonly value: number;
    }
  /** The value equals the input's at this position: dropout in evaluation, and flattening. */
  | {
      readonly kind: 'moved';
      readonly channel: number;
      readonly row: number;
      readonly column: number;
      readonly input: number;
    }
  /** A residual block: the output of its layers plus that of its skip line. */
  | { readonly kind: 'added'; readonly through: number; readonly around: number; readonly sum: number };

/** The values of a trace of one image. */
export interface TracedValues {
  /** Returns a step's output, or the input's values at `inputPlace`. Throws if there is no such step. */
  values(place: string): Float32Array;
  /** Returns null if the layer has no such parameter. */
  parameter(name: string): Float32Array | null;
}

/**
 * `before` is the step that computes the input; a linear layer after a flattened map is split by the map's channels.
 */
export function spellOut(
  step: TraceStep,
  unit: number,
  traced: TracedValues,
  before: TraceStep | undefined,
): SpelledOut {
  const { layer, from, around } = step;
  const input = traced.values(from);
  if (layer.type === 'residual') {
    const through = input[unit] as number;
    const past = traced.values(around ?? from)[unit] as number;
    return { kind: 'added', through, around: past, sum: through + past };
  }
  const steps = stepsThrough(computationsOf(layer, step.input), step.input);
  const only = steps.filter(({ computation: { kind } }) => kind !== 'dropout' && kind !== 'flatten');
  const [computed] = only;
  if (!computed || only.length > 1)
    return { kind: 'moved', ...positionOf(step.input, unit), input: input[unit] as number };
  return computation(computed, step, unit, traced, before);
}

/** Flattening before or after a step moves no numbers, so a unit has the same number before and after it. */
function computation(
  { computation, input: given, output }: ComputedStep,
  step: TraceStep,
  unit: number,
  traced: TracedValues,
  before: TraceStep | undefined,
): SpelledOut {
  const input = traced.values(step.from);
  const own = positionOf(output, unit);
  switch (computation.kind) {
    case 'conv':
      return convolution(computation.window, step, own, traced);
    case 'linear':
      return linear(step, unit, traced, before);
    case 'pool': {
      const { window, of } = computation;
      const cells = windowCells(window, given as MapShape, own, input);
      if (of === 'average')
        return mean(cells, window.kernel[1], averageCount(window, given as MapShape, own));
      const best = Math.max(...cells.filter(({ inside }) => inside).map(({ value }) => value));
      const winner = cells.findIndex(({ inside, value }) => inside && value === best);
      return { kind: 'largest', cells, width: window.kernel[1], winner };
    }
    case 'globalAverage': {
      const map = given as MapShape;
      const cells = windowCells(wholeMap(map), map, { channel: unit, row: 0, column: 0 }, input);
      return mean(cells, map.width, cells.length);
    }
    case 'activation':
      return ofActivation(computation, input[unit] as number);
    case 'batchNorm':
      return normalised(computation.epsilon, step.place, own.channel, input[unit] as number, traced);
    case 'dropout':
    case 'flatten':
      return { kind: 'moved', ...positionOf(given, unit), input: input[unit] as number };
  }
}

function ofActivation(
  { kind: _kind, ...activation }: Extract<Computation, { kind: 'activation' }>,
  input: number,
): SpelledOut {
  return {
    kind: 'function',
    input,
    value: activationCurve({ type: 'activation', ...activation }).value(input),
  };
}

/** Returns the computed value of the unit, which equals the engine's except for rounding. */
export function valueOf(spelled: SpelledOut): number {
  switch (spelled.kind) {
    case 'weighted':
    case 'added':
      return spelled.sum;
    case 'largest':
      return spelled.cells[spelled.winner]?.value ?? NaN;
    case 'mean':
      return spelled.sum / spelled.count;
    case 'function':
    case 'normalised':
      return spelled.value;
    case 'moved':
      return spelled.input;
  }
}

const total = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0);

function weightedSum(channels: readonly ChannelSum[], bias: number | null): SpelledOut {
  const sum = total(channels.map((each) => each.sum)) + (bias ?? 0);
  return { kind: 'weighted', channels, bias, sum };
}

function withWeights(
  channel: number,
  [height, width]: Pair,
  cells: readonly WindowCell[],
  weights: Float32Array,
  from: number,
): ChannelSum {
  const products = cells.map((cell, i) => {
    const weight = weights[from + i] as number;
    return { ...cell, weight, product: cell.value * weight };
  });
  return { channel, height, width, products, sum: total(products.map(({ product }) => product)) };
}

/** Cross-correlation, as `torch.nn.Conv2d` defines it; weights are out × in × height × width. */
function convolution(
  window: SlidingWindow,
  step: TraceStep,
  own: Position,
  traced: TracedValues,
): SpelledOut {
  const map = step.input as MapShape;
  const weights = required(traced, `${step.place}.weight`);
  const values = traced.values(step.from);
  const each = window.kernel[0] * window.kernel[1];
  const channels = Array.from({ length: map.channels }, (_, channel) => {
    const cells = windowCells(window, map, { ...own, channel }, values);
    return withWeights(channel, window.kernel, cells, weights, (own.channel * map.channels + channel) * each);
  });
  return weightedSum(channels, traced.parameter(`${step.place}.bias`)?.[own.channel] ?? null);
}

function linear(
  step: TraceStep,
  unit: number,
  traced: TracedValues,
  before: TraceStep | undefined,
): SpelledOut {
  const weights = required(traced, `${step.place}.weight`);
  const values = traced.values(step.from);
  const flattened = before?.layer.type === 'flatten' && before.input.kind === 'map' ? before.input : null;
  const { channels, height, width } = flattened ?? { channels: 1, height: 1, width: values.length };
  const area = height * width;
  const sums = Array.from({ length: channels }, (_, channel) => {
    const cells = Array.from({ length: area }, (_each, i) => ({
      row: Math.floor(i / width),
      column: i % width,
      inside: true,
      value: values[channel * area + i] as number,
    }));
    return withWeights(channel, [height, width], cells, weights, unit * values.length + channel * area);
  });
  return weightedSum(sums, traced.parameter(`${step.place}.bias`)?.[unit] ?? null);
}

/** Counts the padding as PyTorch does, but nothing beyond it. */
function averageCount({ kernel, stride, padding }: SlidingWindow, input: MapShape, own: Position): number {
  const along = (axis: 0 | 1, place: number, length: number) => {
    const start = place * stride[axis] - padding[axis];
    return Math.min(start + kernel[axis], length + padding[axis]) - start;
  };
  return along(0, own.row, input.height) * along(1, own.column, input.width);
}

const mean = (cells: readonly WindowCell[], width: number, count: number): SpelledOut => ({
  kind: 'mean',
  cells,
  width,
  sum: total(cells.map(({ value }) => value)),
  count,
});

function normalised(
  epsilon: number,
  place: string,
  channel: number,
  input: number,
  traced: TracedValues,
): SpelledOut {
  const of = (name: string) => required(traced, `${place}.${name}`)[channel] as number;
  const [mean, variance, weight, bias] = [of('running_mean'), of('running_var'), of('weight'), of('bias')];
  const value = ((input - mean) / Math.sqrt(variance + epsilon)) * weight + bias;
  return { kind: 'normalised', input, mean, variance, epsilon, weight, bias, value };
}

function required(traced: TracedValues, name: string): Float32Array {
  const found = traced.parameter(name);
  if (found) return found;
  throw new Error(`the trace has no parameter ${name}`);
}
