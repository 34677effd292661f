/**
 * Statistics of a layer's output and parameters, measured once per epoch. They are cheap enough to be always
 * on because they use a fixed sample of images and the epoch's last step only.
 */
import { type NamedTensor, parameterKey } from '../../../shared/runs/checkpoint.ts';
import type { Layer } from '../../../shared/layers/index.ts';
import type { Shape } from '../../../shared/layers/layer.ts';
import type { LayerHealth } from '../../../shared/runs/runs.ts';
import type { CompiledNetwork } from './compile.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import * as tf from '../graph/operations.ts';
import type { Output, Session } from '../native/session.ts';
import { splitBatch } from './shards.ts';

/** Number of training images, evenly spaced, whose activations are measured. */
const sampleSize = 500;

/**
 * Returns the sample's indices, at least as many as there are shards; if the training set has fewer images,
 * some are repeated.
 */
export function sampleOf(trainIndices: Int32Array, shards: number): Int32Array {
  const count = Math.max(shards, Math.min(sampleSize, trainIndices.length));
  return Int32Array.from(
    { length: count },
    (_, i) => trainIndices[Math.floor((i * trainIndices.length) / count)] as number,
  );
}

/**
 * Outputs beyond which a saturating function's slope is below 5 % of its largest: for sigmoid y(1 − y) < 0.05 · 0.25,
 * for tanh 1 − y² < 0.05.
 */
export const sigmoidTail = (1 - Math.sqrt(1 - 0.05)) / 2;
export const tanhTail = Math.sqrt(1 - 0.05);

/** Names of the outputs of `measure`: the results of `layerStatistics` by the layer's number. */
export const numbersKey = (layer: number) => `layer_${layer}`;
export const unitsKey = (layer: number) => `units_${layer}`;

/** Statistics of a layer's output for the images of one shard. */
export interface LayerStatistics {
  /** Mean, mean of squares, share of zeros and, for a saturating function, share of saturated elements. */
  readonly numbers: Tensor;
  /**
   * Largest output of each unit of a ReLU. A unit is an element of the last axis: a channel of a map or a
   * feature of a flat vector.
   */
  readonly units: Tensor | undefined;
}

export function layerStatistics(g: Graph, x: Tensor, layer: Layer, shape: Shape): LayerStatistics {
  const flat = tf.reshape(g, x, [-1]);
  const share = (condition: Tensor) => tf.mean(g, tf.cast(g, condition, 'float32'), [0]);
  const name = layer.type === 'activation' ? layer.function : '';
  const saturated = saturation(g, flat, name);
  const numbers = [
    tf.mean(g, flat, [0]),
    tf.mean(g, tf.square(g, flat), [0]),
    share(tf.equal(g, flat, tf.scalar(g, 0))),
    ...(saturated ? [share(saturated)] : []),
  ];
  const units = name === 'relu' ? tf.largest(g, x, shape.kind === 'map' ? [0, 1, 2] : [0]) : undefined;
  return { numbers: tf.pack(g, numbers), units };
}

function saturation(g: Graph, flat: Tensor, name: string): Tensor | undefined {
  switch (name) {
    case 'sigmoid': {
      const middle = tf.absolute(g, tf.subtract(g, flat, tf.scalar(g, 0.5)));
      return tf.greater(g, middle, tf.scalar(g, 0.5 - sigmoidTail));
    }
    case 'tanh':
      return tf.greater(g, tf.absolute(g, flat), tf.scalar(g, tanhTail));
    default:
      return undefined;
  }
}

/** State and gradients around the epoch's last step. */
export interface LastStepState {
  readonly before: readonly NamedTensor[];
  readonly after: readonly NamedTensor[];
  /** Gradients of the loss by parameter name, before clipping. */
  readonly gradients: Readonly<Record<string, Output>>;
}

export function measureHealth(
  session: Session,
  { summary, parameters }: CompiledNetwork,
  sample: Int32Array,
  shards: number,
  { before, after, gradients }: LastStepState,
): LayerHealth[] {
  const parts = splitBatch(sample, shards);
  const weights = parts.indices.map(({ data }) => data.length / sample.length);
  const statistics = session.runByShard('measure', parts);
  const valuesOf = (key: string) => (statistics[key] ?? []).map(({ data }) => data);
  const old = new Map(before.map(({ name, data }) => [name, data]));
  const now = new Map(after.map(({ name, data }) => [name, data]));
  return summary.layers.map(({ layer, index }) => {
    const own = parameters.filter(({ name, spec }) => spec.trainable && name.startsWith(`${index}.`));
    const squares = { gradient: 0, weight: 0, change: 0 };
    for (const { name } of own) {
      const was = old.get(parameterKey(name)) as Float32Array;
      const is = now.get(parameterKey(name)) as Float32Array;
      squares.gradient += sumOfSquares(gradients[name]?.data ?? new Float32Array(0));
      squares.weight += sumOfSquares(was);
      squares.change += sumOfSquaredChanges(was, is);
    }
    const [mean = NaN, meanSquare = NaN, zeros = NaN, saturated = null] = joinNumbers(
      weights,
      valuesOf(numbersKey(index)),
    );
    const units = valuesOf(unitsKey(index));
    const trained = own.length > 0;
    return {
      index,
      type: layer.type,
      gradientNorm: trained ? finite(Math.sqrt(squares.gradient)) : null,
      weightNorm: trained ? finite(Math.sqrt(squares.weight)) : null,
      updateRatio: trained ? finite(Math.sqrt(squares.change / squares.weight)) : null,
      mean: finite(mean),
      deviation: finite(Math.sqrt(Math.max(0, meanSquare - mean * mean))),
      sparsity: zeros,
      dead: units.length > 0 ? deadShare(units) : null,
      saturated,
    };
  });
}

// Plain loops, because a net's parameters can be millions and the epoch waits for them.

function sumOfSquares(values: Output['data']): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += (values[i] as number) ** 2;
  return sum;
}

function sumOfSquaredChanges(before: Float32Array, after: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < before.length; i += 1) sum += ((after[i] as number) - (before[i] as number)) ** 2;
  return sum;
}

/**
 * Averages the shards' statistics, weighted by their numbers of images, because each is a mean over its
 * shard.
 */
function joinNumbers(weights: readonly number[], shards: readonly ArrayLike<number>[]): number[] {
  return Array.from(shards[0] ?? [], (_, i) =>
    weights.reduce((sum, weight, shard) => sum + weight * (shards[shard]?.[i] ?? NaN), 0),
  );
}

/** Returns the share of units that no image activates. */
function deadShare(shards: readonly ArrayLike<number>[]): number {
  const [first = []] = shards;
  const dead = Array.from(first, (_, unit) => shards.every((largest) => largest[unit] === 0));
  return dead.filter(Boolean).length / dead.length;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
