/**
 * Maps with the batch inside: 1 × height × (width · batch) × channels, the images of a column side by side. A convolution is
 * then one of a single, long image, whose windows have columns as many pixels apart as there are images.
 *
 * oneDNN's kernels multiply a strip of pixels along the width with the filter at a time. The course net's second
 * convolution has rows of eight pixels, too few to keep a core busy, and the gradient of its input multiplies a third more
 * numbers because zeros beside each row are taken along. With the batch inside, a strip is as long as the batch and more, and
 * columns of zeros are left out whole. Without padding, the three kernels together take 0.5 (maps of 7) to 0.8 (of 14) of the
 * time; a transpose is 0.03 of the whole.
 */
import { type Conv2d, conv2d as conv2dKind, convWindow } from '../../../shared/layers/conv2d.ts';
import { type MapShape, requireMap } from '../../../shared/layers/layer.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { reshape, transpose } from '../graph/operations.ts';
import { isOne, isSame } from './convolution.ts';
import { type Context, type Gradient, type Gradients, type Pass, type Values, gradientOf } from './op.ts';

/** Images in a shard from which it was measured to gain. */
const fewestImages = 8;
/** Columns of the output up to which it gains. */
const widest = 16;

/** Whether there are so many in each shard. */
export const hasManyImages = (shardSizes: readonly number[]) => Math.min(...shardSizes) >= fewestImages;

/**
 * Whether a convolution wants its input's maps with the batch inside: it is faster so, if no map has to be laid out anew for
 * it. Measured on a CPU with AVX-512 over kernels of 3 and 5, 6 to 64 channels, maps of 7 to 28 and 8 to 64 images: it gains
 * where rows are short and either there is no padding or the lanes are not full; else the filter's gradient loses what the
 * others gain.
 */
export function wantsBatchInside(
  { training, wideVectors, shardSizes }: Pick<Context, 'training' | 'wideVectors' | 'shardSizes'>,
  layer: Conv2d,
  input: MapShape,
): boolean {
  const window = convWindow(layer);
  const { kernel, stride, padding, dilation } = window;
  const output = requireMap(conv2dKind.outputShape(layer, input), 'conv2d');
  const unpadded = padding[0] === 0 && padding[1] === 0;
  const emptyLanes = input.channels % 16 !== 0;
  return (
    training &&
    wideVectors &&
    isOne(stride) &&
    isOne(dilation) &&
    !isOne(kernel) &&
    hasManyImages(shardSizes) &&
    input.channels > 1 &&
    output.width <= widest &&
    (unpadded || (isSame(window) && emptyLanes))
  );
}

/** To 1 × height × (width · batch) × channels and back: either way an exchange of axes. */
function layOut(
  g: Graph,
  x: Tensor,
  { height, width, channels }: MapShape,
  inside: boolean,
  images: number,
): Tensor {
  return inside
    ? reshape(g, transpose(g, x, [1, 2, 0, 3]), [1, height, width * images, channels])
    : transpose(g, reshape(g, x, [height, width, -1, channels]), [2, 0, 1, 3]);
}

/** Maps as they are asked for. Flat values have one layout only. */
export function laidOut({ g, shardSizes }: Context, values: Values, map: MapShape, inside: boolean): Values {
  if ((values.batchInside ?? false) === inside) return values;
  const shards = values.shards.map((x, shard) => layOut(g, x, map, inside, shardSizes[shard] as number));
  return { ...values, batchInside: inside, shards };
}

/** The same of gradients. A channel's sum is what it was. */
export function gradientsLaidOut(
  { g, shardSizes }: Context,
  { shards }: Gradients,
  map: MapShape,
  inside: boolean,
): Gradients {
  return {
    shards: shards.map((dy: Gradient, shard) => ({
      ...gradientOf(g, layOut(g, dy.tensor, map, inside, shardSizes[shard] as number)),
      channelSum: dy.channelSum,
    })),
  };
}

/** The pass of an operation that wants its input's maps laid out so; its own output is as it gives it. */
export function withInputLaidOut(
  context: Context,
  input: Values,
  map: MapShape,
  inside: boolean,
  operation: (input: Values) => Pass,
): Pass {
  const pass = operation(laidOut(context, input, map, inside));
  const given = input.batchInside ?? false;
  if (given === inside) return pass;
  return {
    output: pass.output,
    backward(gradients, needsInput) {
      const below = pass.backward(gradients, needsInput);
      return below && gradientsLaidOut(context, below, map, given);
    },
  };
}
