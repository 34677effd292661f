/**
 * Maps with the batch inside: 1 × height × width × batch × channels. A convolution is then one of volumes whose third
 * axis, the batch, its window leaves alone.
 *
 * oneDNN's kernels multiply a strip of pixels along the width with the filter at a time. The course net's second
 * convolution has rows of eight pixels, too few to keep a core busy, and the gradient of its input multiplies a third more
 * numbers because zeros beside each row are taken along. With the batch inside, a strip is as long as the batch, and a row
 * of zeros is left out whole. The course net's second convolution with its gradients takes 0.8 of the time, its input
 * gradient 0.66; a transpose is 0.03 of the whole.
 */
import type { ConvWindow } from '../../../shared/layers/conv2d.ts';
import type { MapShape } from '../../../shared/layers/layer.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { reshape, transpose } from '../graph/operations.ts';
import { isOne, isSame } from './convolution.ts';
import { type Gradient, type Gradients, type Pass, type Values, gradientOf } from './op.ts';

/** Images in a shard from which it gains: with 8 it loses. */
const fewestImages = 16;
/** Columns of the output up to which it gains. */
const widest = 16;

/**
 * Whether a convolution is faster so, if no map has to be laid out anew for it. Measured on a CPU with AVX-512 over kernels
 * of 1 to 5, 1 to 128 channels, maps of 5 to 32 and batches of 8 to 128: it gains where rows are short and either there is
 * no padding or the lanes are not full; else the filter's gradient loses what the others gain.
 */
export function gainsFromBatchInside(
  window: ConvWindow,
  input: MapShape,
  output: MapShape,
  images: number,
): boolean {
  const { kernel, stride, padding, dilation } = window;
  const unpadded = padding[0] === 0 && padding[1] === 0;
  const emptyLanes = input.channels % 16 !== 0;
  return (
    isOne(stride) &&
    isOne(dilation) &&
    !isOne(kernel) &&
    images >= fewestImages &&
    input.channels > 1 &&
    output.width <= widest &&
    (unpadded || (isSame(window) && emptyLanes))
  );
}

/** To 1 × height × width × batch × channels and back: either way an exchange of axes. */
function layOut(g: Graph, x: Tensor, { height, width, channels }: MapShape, inside: boolean): Tensor {
  return inside
    ? reshape(g, transpose(g, x, [1, 2, 0, 3]), [1, height, width, -1, channels])
    : transpose(g, reshape(g, x, [height, width, -1, channels]), [2, 0, 1, 3]);
}

/** Maps as they are asked for. Flat values have one layout only. */
export function laidOut(g: Graph, values: Values, map: MapShape, inside: boolean): Values {
  if ((values.batchInside ?? false) === inside) return values;
  return { ...values, batchInside: inside, shards: values.shards.map((x) => layOut(g, x, map, inside)) };
}

/** The same of gradients. A channel's sum is what it was. */
export function gradientsLaidOut(g: Graph, { shards }: Gradients, map: MapShape, inside: boolean): Gradients {
  return {
    shards: shards.map((dy: Gradient) => ({
      ...gradientOf(g, layOut(g, dy.tensor, map, inside)),
      channelSum: dy.channelSum,
    })),
  };
}

/** The pass of an operation that wants its input's maps laid out so; its own output is as it gives it. */
export function withInputLaidOut(
  g: Graph,
  input: Values,
  map: MapShape,
  inside: boolean,
  operation: (input: Values) => Pass,
): Pass {
  const pass = operation(laidOut(g, input, map, inside));
  const given = input.batchInside ?? false;
  if (given === inside) return pass;
  return {
    output: pass.output,
    backward(gradients, needsInput) {
      const below = pass.backward(gradients, needsInput);
      return below && gradientsLaidOut(g, below, map, given);
    },
  };
}
