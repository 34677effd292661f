/**
 * Operations of batch normalisation that oneDNN computes in one pass over the maps. The same as a product, a sum and
 * so on would each read and write all maps.
 */
import { bool, float, ints, nhwc, string, type } from './attributes.ts';
import type { Graph, Tensor } from './graph.ts';
import { biasAdd, reshape } from './operations.ts';

/** Adds x · scale + shift for each channel of NHWC maps, as one operation where oneDNN is used. */
export function scaleChannels(g: Graph, x: Tensor, scale: Tensor, shift: Tensor, channels: number): Tensor {
  const filter = reshape(g, scale, [1, 1, channels, 1]);
  const scaled = g.op('DepthwiseConv2dNative', [x, filter], {
    attributes: {
      T: type('float32'),
      data_format: nhwc,
      strides: ints([1, 1, 1, 1]),
      padding: string('VALID'),
      explicit_paddings: ints([]),
      dilations: ints([1, 1, 1, 1]),
    },
  });
  return biasAdd(g, scaled, shift);
}

/**
 * Adds a border that TensorFlow's optimizer does not merge across; nothing is copied if `x` has no other use. It would
 * merge a sum with the scaling before it, has no operation for that, gives up on the whole graph and reports it on
 * stderr.
 */
export const notMerged = (g: Graph, x: Tensor): Tensor =>
  g.op('Snapshot', [x], { attributes: { T: type('float32') } });

export interface BatchNormGradients {
  readonly input: Tensor;
  /** Σ dy · (x − mean) / √(variance + ε) for each channel. */
  readonly scale: Tensor;
  /** Σ dy for each channel. */
  readonly offset: Tensor;
}

/**
 * Adds the gradients of a batch normalisation by a mean and a variance. With `whole`, they are those of `x`, and the
 * input's gradient goes through them; otherwise it takes them as constants.
 */
export function batchNormGradients(
  g: Graph,
  { dy, x, scale, mean, variance }: Readonly<Record<'dy' | 'x' | 'scale' | 'mean' | 'variance', Tensor>>,
  { epsilon, whole }: { readonly epsilon: number; readonly whole: boolean },
): BatchNormGradients {
  // The last input is a result of the forward pass that only GPUs keep.
  const [input, scaleGradient, offset] = g.node(
    'FusedBatchNormGradV3',
    [dy, x, scale, mean, variance, mean],
    {
      attributes: {
        T: type('float32'),
        U: type('float32'),
        epsilon: float(epsilon),
        data_format: nhwc,
        is_training: bool(whole),
      },
      outputs: Array.from({ length: 5 }, () => 'float32' as const),
    },
  ) as [Tensor, Tensor, Tensor];
  return { input, scale: scaleGradient, offset };
}
