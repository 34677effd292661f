/**
 * A convolution of images with one channel whose output is pooled in windows of 2 × 2, computed in the
 * space-to-depth layout while a net trains: the four pixels of a window are channels of one pixel. The images
 * are in blocks of 2 × 2 pixels whose pixels are its channels, and a filter covers as many blocks as it can
 * touch. Map and pool are then 1 × height / 2 × (width / 2 · batch) × (4 · channels), with the window's
 * pixels in the order in which a pool compares them, otherwise HWNC (`hwnc.ts`).
 *
 * Such a convolution has one channel to multiply and few filters for oneDNN's sixteen lanes; most of its time
 * is overhead around its multiplications. In space-to-depth that overhead occurs a quarter as often, with
 * four channels instead of one, and 40 of 48 lanes are busy instead of 10 of 16. The filter's other elements
 * are zero. Time of convolution, pool and their gradients relative to the plain layout, for 32 images and 5 ×
 * 5 filters, including the conversions: before a convolution that takes HWNC maps 0.60 with 6 filters, 0.82
 * with 10 and 0.90 with 16; before another one 0.74, 0.99 and 1.11.
 */
import { type Conv2d, convWindow } from '../../../shared/layers/conv2d.ts';
import type { MapShape, Pair } from '../../../shared/layers/layer.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import {
  concat,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  floats,
  gather,
  integers,
  maxPool,
  maxPoolGrad,
  pad,
  reshape,
  slice,
  transpose,
  unsortedSegmentSum,
} from '../graph/operations.ts';
import { type Kernels, affine } from './affine.ts';
import { isOne } from './convolution.ts';
import { hasManyImages } from './hwnc.ts';
import { withInputLaidOut } from './layouts.ts';
import { type Context, type Pass, type Values, perShard, plain } from './op.ts';

/**
 * Largest number of filters for which space-to-depth is faster, by the layout that the pooled map is needed
 * in.
 */
const most = { hwnc: 24, nhwc: 8 };

/**
 * Returns whether space-to-depth is faster, depending on the layout in which the pooled map is needed next.
 * Measured with AVX-512, kernels of 2 to 7, 4 to 32 filters, 1 to 64 images. With three channels it would be
 * faster only with 3 × 3 kernels and up to 8 filters.
 */
export function gainsFromSpaceToDepth(
  layer: Conv2d,
  { channels }: MapShape,
  shardSizes: readonly number[],
  wanted: 'hwnc' | 'nhwc',
): boolean {
  const { stride, padding, dilation } = convWindow(layer);
  const slides = isOne(stride) && isOne(dilation) && padding[0] === 0 && padding[1] === 0;
  const fewFilters = layer.filters <= most[wanted];
  return slides && channels === 1 && fewFilters && hasManyImages(shardSizes);
}

/** Adds the convolution. `gainsFromSpaceToDepth` and `isPooledInPairs` must hold. */
export function spaceToDepthConv(context: Context, layer: Conv2d, input: Values, shape: MapShape): Pass {
  const { g, parameters, shardSizes } = context;
  const { filters } = layer;
  const { kernel } = convWindow(layer);
  const weight = parameters.read('weight', { kind: 'conv' });
  const bias = (layer.bias ?? true) ? parameters.read('bias', plain) : undefined;
  const elements = kernel[0] * kernel[1];
  const filterShape = [...kernel, 1, filters];
  const blocks = blocksOf(shape, kernel);
  const wideShape = [...kernel.map(blocksUnder), 4, 4 * filters];
  const source = sourceOfRows(kernel);

  const zeros = floats(g, new Array<number>(filters).fill(0), [1, filters]);
  const rows = concat(g, [reshape(g, weight, [elements, filters]), zeros], 0);
  const known = source.map((row) => row ?? elements);
  const wide = reshape(g, gather(g, rows, known), wideShape);
  const wideBias = bias && concat(g, [bias, bias, bias, bias], 0);

  // The gradient of an element is the sum over its positions in the wide filter.
  const element = source.map((row) => row ?? -1);
  const slide = { stride: [1, 1], padding: [0, 0] } as const;
  const dilation = (shard: number) => [1, shardSizes[shard] as number] as const;
  const kernels: Kernels = {
    forward: (x, shard) => conv2d(g, x, wide, slide, dilation(shard)),
    weightGradient(x, dy, shard) {
      const gradient = conv2dBackpropFilter(g, x, wideShape, dy, slide, dilation(shard));
      const ofRows = reshape(g, gradient, [-1, filters]);
      return reshape(g, unsortedSegmentSum(g, ofRows, element, elements), filterShape);
    },
    inputGradient(_, dy, shard) {
      const size = [1, blocks.rows, blocks.columns * (shardSizes[shard] as number), 4];
      const gradient = conv2dBackpropInput(g, integers(g, size), wide, dy, slide, dilation(shard));
      return outOfBlocks(g, gradient, shape, blocks);
    },
  };
  return withInputLaidOut(context, input, shape, 'nhwc', ({ shards: images }) => {
    const shards = images.map((x, shard) => inBlocks(g, x, shape, blocks, shardSizes[shard] as number));
    return affine(context, kernels, wideBias, { shards, layout: { kind: 'spaceToDepth' } });
  });
}

/** Returns the number of blocks of two that a window of `length` pixels may touch, wherever it begins. */
const blocksUnder = (length: number) => Math.ceil((length + 1) / 2);

/** Numbers of blocks of 2 × 2 pixels. */
interface Blocks {
  readonly rows: number;
  readonly columns: number;
}

/** Returns the blocks of a map that the pooled pixels depend on. */
function blocksOf({ height, width }: MapShape, kernel: Pair): Blocks {
  const along = (length: number, window: number) =>
    Math.floor((length - window + 1) / 2) + blocksUnder(window) - 1;
  return { rows: along(height, kernel[0]), columns: along(width, kernel[1]) };
}

/** Crops rows and columns, or pads them with zeros at the end. */
function resized(g: Graph, x: Tensor, from: Pair, to: Pair): Tensor {
  const least = from.map((length, axis) => Math.min(length, to[axis] as number));
  const cut = from.join() === least.join() ? x : slice(g, x, [0, 0, 0, 0], [-1, ...least, -1]);
  if (to.join() === least.join()) return cut;
  const none = [0, 0] as const;
  const behind = to.map((length, axis) => [0, length - (least[axis] as number)] as const);
  return pad(g, cut, [none, ...behind, none]);
}

/** Converts NHWC images to HWNC blocks, whose pixels are the channels. */
function inBlocks(
  g: Graph,
  x: Tensor,
  { height, width }: MapShape,
  { rows, columns }: Blocks,
  images: number,
): Tensor {
  const whole = resized(g, x, [height, width], [2 * rows, 2 * columns]);
  const blocks = transpose(g, reshape(g, whole, [-1, rows, 2, columns, 2]), [1, 3, 0, 2, 4]);
  return reshape(g, blocks, [1, rows, columns * images, 4]);
}

/** Converts HWNC blocks to NHWC images. */
function outOfBlocks(g: Graph, x: Tensor, { height, width }: MapShape, { rows, columns }: Blocks): Tensor {
  const blocks = transpose(g, reshape(g, x, [rows, columns, -1, 2, 2]), [2, 0, 3, 1, 4]);
  const whole = reshape(g, blocks, [-1, 2 * rows, 2 * columns, 1]);
  return resized(g, whole, [2 * rows, 2 * columns], [height, width]);
}

/**
 * Returns, for each row of the wide filter (blocks down × across × row × column in the block × phase), the
 * element of the filter (height × width) that it holds; undefined for a zero. A phase's filter begins one row
 * lower or one column further right.
 */
function sourceOfRows([height, width]: Pair): (number | undefined)[] {
  return places([blocksUnder(height), blocksUnder(width), 2, 2, 2, 2]).map(
    ([down = 0, across = 0, row = 0, column = 0, lower = 0, right = 0]) => {
      const [y, x] = [2 * down + row - lower, 2 * across + column - right];
      const inside = y >= 0 && y < height && x >= 0 && x < width;
      return inside ? y * width + x : undefined;
    },
  );
}

/** Returns the indices of all elements of such a tensor, with the last axis varying fastest. */
function places(shape: readonly number[]): number[][] {
  const along = (length: number) => Array.from({ length }, (_, place) => place);
  return shape.reduce<number[][]>(
    (known, length) => known.flatMap((before) => along(length).map((place) => [...before, place])),
    [[]],
  );
}

/**
 * Adds the pool over the four pixels of each window, which are adjacent in memory. `output` is the pooled
 * map.
 */
export function spaceToDepthPool(
  context: Context,
  input: Values,
  { height, width, channels }: MapShape,
): Pass {
  const { g } = context;
  const window = { kernel: [1, 4], stride: [1, 4], padding: [0, 0] } as const;
  const apart = (x: Tensor, last: number) => reshape(g, x, [height, width, -1, last]);
  const together = (x: Tensor, last: number) => reshape(g, x, [1, height, -1, last]);
  return perShard(
    context,
    input,
    (map) => {
      const x = apart(map, channels);
      const y = maxPool(g, x, window);
      return {
        y: together(y, channels),
        backward: (dy) => ({
          tensor: together(maxPoolGrad(g, x, y, apart(dy.tensor, channels), window), 4 * channels),
          channelSum: dy.channelSum,
        }),
      };
    },
    { kind: 'hwnc' },
  );
}
