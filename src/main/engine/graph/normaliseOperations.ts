/**
 * Stride's own operations for batch norm of maps in the lanes' layout (`src/native`), together with the ReLU and the
 * max-pool after it. Three passes over a shard's maps forward and back, and between them one operation on the few
 * numbers of all shards.
 */
import { bool, float, int, ints } from './attributes.ts';
import type { Graph, Tensor } from './graph.ts';
import type { Included, LanesResult, NormalisedGradient } from './lanesOperations.ts';

/** Adds mean and Σ (x − mean)² of each channel of so many images: 2 × channels. */
export function moments(g: Graph, x: Tensor, images: number): Tensor {
  return g.op('StrideMoments', [x], { attributes: { images: int(images) } });
}

/** The parameters and running statistics of a batch norm. */
export type NormParameters = Readonly<Record<'weight' | 'bias' | 'runningMean' | 'runningVariance', Tensor>>;

export interface BatchNormalisation {
  readonly mean: Tensor;
  /** 1 / √(variance + ε) */
  readonly inverse: Tensor;
  /** The normalised maps are scale · x + shift. */
  readonly scale: Tensor;
  readonly shift: Tensor;
  /** The running statistics after this step; the variance is the unbiased one, as in PyTorch. */
  readonly runningMean: Tensor;
  readonly runningVariance: Tensor;
}

/** Adds the normalisation by the moments of all shards; `counts`: numbers of each shard that they are of. */
export function normalisation(
  g: Graph,
  shards: readonly Tensor[],
  { weight, bias, runningMean, runningVariance }: NormParameters,
  { counts, epsilon, momentum }: { counts: readonly number[]; epsilon: number; momentum: number },
): BatchNormalisation {
  const results = g.node('StrideNormalisation', [...shards, weight, bias, runningMean, runningVariance], {
    attributes: {
      shards: int(shards.length),
      counts: ints(counts),
      epsilon: float(epsilon),
      momentum: float(momentum),
    },
    outputs: Array.from({ length: 6 }, () => 'float32' as const),
  });
  const [mean, inverse, scale, shift, newMean, newVariance] = results as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  return { mean, inverse, scale, shift, runningMean: newMean, runningVariance: newVariance };
}

const attributesOf = ({ relu, pool }: Included) => ({ relu: bool(relu), pool: bool(pool) });

/** Adds scale · x + shift with what is included after it. */
export function normalise(
  g: Graph,
  x: Tensor,
  { scale, shift }: Pick<BatchNormalisation, 'scale' | 'shift'>,
  included: Included,
): LanesResult {
  const [y, index] = g.node('StrideNormalise', [x, scale, shift], {
    attributes: attributesOf(included),
    outputs: ['float32', 'uint8'],
  }) as [Tensor, Tensor];
  return { y, index };
}

/** A shard's maps, the gradient of `y`, and the index that leads it back to the maps. */
type Back = Readonly<Record<'x' | 'dy' | 'index', Tensor>>;

/** Adds Σ d · (x − mean) and Σ d of each channel, where d is the gradient led back to the map: 2 × channels. */
export function normaliseSums(g: Graph, { x, dy, index }: Back, mean: Tensor, included: Included): Tensor {
  return g.op('StrideNormaliseSums', [x, dy, index, mean], { attributes: attributesOf(included) });
}

export interface NormalisationGradient {
  readonly weight: Tensor;
  readonly bias: Tensor;
  /** The gradient of x is ofX · x + scale · d + constant. */
  readonly ofX: Tensor;
  readonly constant: Tensor;
}

/** Adds the gradients of weight and bias, and what the maps' gradients follow from, from the sums of all shards. */
export function normalisationGradient(
  g: Graph,
  shards: readonly Tensor[],
  { scale, mean, inverse }: BatchNormalisation,
  counts: readonly number[],
): NormalisationGradient {
  const [weight, bias, ofX, constant] = g.node(
    'StrideNormalisationGradient',
    [...shards, scale, mean, inverse],
    {
      attributes: { shards: int(shards.length), counts: ints(counts) },
      outputs: ['float32', 'float32', 'float32', 'float32'],
    },
  ) as [Tensor, Tensor, Tensor, Tensor];
  return { weight, bias, ofX, constant };
}

/** Adds the gradient of a shard's maps. */
export function normaliseGradient(
  g: Graph,
  { x, dy, index, ofX, scale, constant, images, ...included }: NormalisedGradient,
): Tensor {
  return g.op('StrideNormaliseGradient', [x, dy, index, ofX, scale, constant], {
    attributes: { images: int(images), ...attributesOf(included) },
  });
}
