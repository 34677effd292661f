/**
 * What a layer's output and its parameters tell of its health, once an epoch: cheap enough to stay on, because it looks
 * at a fixed sample of images and at the epoch's last step only.
 */
import type { NamedTensor } from '../../shared/checkpoint.ts';
import type { Layer } from '../../shared/layers/index.ts';
import type { Shape } from '../../shared/layers/layer.ts';
import type { LayerHealth } from '../../shared/runs.ts';
import type { CompiledNetwork } from './compile.ts';
import type { Graph, Tensor } from './graph/graph.ts';
import * as tf from './graph/operations.ts';
import { parameterKey } from './parameters.ts';
import type { Output, Session } from './session.ts';

/** Training images, evenly spaced, whose activations are looked at. */
const sampleSize = 500;

export function sampleOf(trainIndices: Int32Array): Int32Array {
  const count = Math.min(sampleSize, trainIndices.length);
  return Int32Array.from(
    { length: count },
    (_, i) => trainIndices[Math.floor((i * trainIndices.length) / count)] as number,
  );
}

/**
 * Outputs beyond which a saturating function's slope is below 5 % of its largest: for sigmoid y(1 − y) < 0.05 · 0.25,
 * for tanh 1 − y² < 0.05.
 */
const sigmoidTail = (1 - Math.sqrt(1 - 0.05)) / 2;
const tanhTail = Math.sqrt(1 - 0.05);

/** Four numbers of a layer's output: mean, mean of squares, share of zeros, and dead or saturated share (else 0). */
export function layerStatistics(g: Graph, x: Tensor, layer: Layer, shape: Shape): Tensor {
  const flat = tf.reshape(g, x, [-1]);
  const share = (condition: Tensor) => tf.mean(g, tf.cast(g, condition, 'float32'), [0]);
  const zeros = share(tf.equal(g, flat, tf.scalar(g, 0)));
  return tf.pack(g, [
    tf.mean(g, flat, [0]),
    tf.mean(g, tf.square(g, flat), [0]),
    zeros,
    layer.type === 'activation' ? special(g, x, flat, layer.function, shape, share) : tf.scalar(g, 0),
  ]);
}

function special(
  g: Graph,
  x: Tensor,
  flat: Tensor,
  name: string,
  shape: Shape,
  share: (condition: Tensor) => Tensor,
): Tensor {
  switch (name) {
    case 'relu': {
      // The unit is the last axis: a channel of a map, a feature of a flat vector.
      const units = tf.largest(g, x, shape.kind === 'map' ? [0, 1, 2] : [0]);
      return share(tf.equal(g, units, tf.scalar(g, 0)));
    }
    case 'sigmoid': {
      const middle = tf.absolute(g, tf.subtract(g, flat, tf.scalar(g, 0.5)));
      return share(tf.greater(g, middle, tf.scalar(g, 0.5 - sigmoidTail)));
    }
    case 'tanh':
      return share(tf.greater(g, tf.absolute(g, flat), tf.scalar(g, tanhTail)));
    default:
      return tf.scalar(g, 0);
  }
}

/** State and gradients around the epoch's last step. */
export interface LastStep {
  readonly before: readonly NamedTensor[];
  readonly after: readonly NamedTensor[];
  /** By parameter name, of the loss as it is, before clipping. */
  readonly gradients: Readonly<Record<string, Output>>;
}

export function measureHealth(
  session: Session,
  { summary, parameters }: CompiledNetwork,
  sample: Int32Array,
  { before, after, gradients }: LastStep,
): LayerHealth[] {
  const statistics = session.run('measure', { indices_0: { data: sample } });
  const old = new Map(before.map(({ name, data }) => [name, data]));
  const now = new Map(after.map(({ name, data }) => [name, data]));
  return summary.layers.map(({ layer, index }) => {
    const own = parameters.filter(({ name, spec }) => spec.trainable && name.startsWith(`${index}.`));
    const squares = { gradient: 0, weight: 0, change: 0 };
    for (const { name } of own) {
      const was = old.get(parameterKey(name)) as Float32Array;
      const is = now.get(parameterKey(name)) as Float32Array;
      for (const value of gradients[name]?.data ?? []) squares.gradient += value * value;
      was.forEach((value, i) => {
        squares.weight += value * value;
        squares.change += ((is[i] as number) - value) ** 2;
      });
    }
    const [mean = NaN, meanSquare = NaN, zeros = NaN, special = NaN] =
      statistics[`layer_${index}`]?.data ?? [];
    const name = layer.type === 'activation' ? layer.function : '';
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
      dead: name === 'relu' ? special : null,
      saturated: name === 'sigmoid' || name === 'tanh' ? special : null,
    };
  });
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
