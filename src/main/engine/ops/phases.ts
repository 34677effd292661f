/**
 * A convolution whose output is pooled in windows of 2 × 2, while a net trains: the four pixels of a window are computed as
 * channels of one, by a filter that is one larger each way and moves by two. Map and pool are then batch × height / 2 ×
 * width / 2 × (4 · channels), the window's pixels in the order in which a pool looks at them.
 *
 * A first convolution has one or three channels to multiply and few to fill oneDNN's lanes of sixteen with; most of its time
 * is what goes on around its multiplications. In phases it does that a quarter as often, and 40 of 48 lanes have work where
 * 10 of 16 had. The filter has (k + 1)² elements for k², of which the others are zero. Convolution, pool and their
 * gradients, 32 images, 5 × 5: with 6 filters 0.67 of the time, with 8 0.80, with 10 0.94.
 */
import { type Conv2d, type ConvWindow, convWindow } from '../../../shared/layers/conv2d.ts';
import type { Layer } from '../../../shared/layers/index.ts';
import type { MapShape, Pair } from '../../../shared/layers/layer.ts';
import { poolWindow } from '../../../shared/layers/pooling.ts';
import {
  concat,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  floats,
  gather,
  maxPool,
  maxPoolGrad,
  reshape,
  shape as shapeOp,
  unsortedSegmentSum,
} from '../graph/operations.ts';
import { withInputLaidOut } from './batchInside.ts';
import { type Kernels, convolution, isOne } from './convolution.ts';
import { type Context, type Pass, type Values, perShard, plain } from './op.ts';
import { partnerOf } from './rectifiedPool.ts';

/** float32 in a vector of AVX-512. */
const lanes = 16;
const filled = (channels: number) => Math.ceil(channels / lanes) * lanes;

/** Whether a convolution's output goes to a pool of such windows, as it is or through the ReLU that is the pool's partner. */
export function isPooledInPairs(layers: readonly Layer[], index: number): boolean {
  const next = layers[index + 1];
  const throughRelu = next?.type === 'activation' && partnerOf(layers, index + 1) === 'after';
  const pool = throughRelu ? layers[index + 2] : next;
  if (pool?.type !== 'maxPool2d') return false;
  const { kernel, stride, padding } = poolWindow(pool);
  const is = (pair: Pair, value: number) => pair[0] === value && pair[1] === value;
  return is(kernel, 2) && is(stride, 2) && is(padding, 0);
}

/** Lanes that are computed, with those that are empty or multiply by zero, in phases ÷ as it is. */
function work({ kernel: [height, width] }: ConvWindow, filters: number): number {
  const elements = ((height + 1) * (width + 1)) / (height * width);
  return (elements * filled(4 * filters)) / (4 * filled(filters));
}

/**
 * Whether that is faster. Measured with AVX-512, kernels of 3 to 7, 1 to 8 channels, 6 to 32 filters: with one channel also
 * where there is a little more to multiply; with more than a first convolution has never.
 */
export function gainsFromPhases(layer: Conv2d, { channels }: MapShape): boolean {
  const window = convWindow(layer);
  const { stride, padding, dilation } = window;
  const slides = isOne(stride) && isOne(dilation) && padding[0] === 0 && padding[1] === 0;
  return slides && channels <= 3 && work(window, layer.filters) <= (channels === 1 ? 1.1 : 0.9);
}

/** `gainsFromPhases` and `isPooledInPairs` must hold. */
export function convInPhases(context: Context, layer: Conv2d, input: Values, shape: MapShape): Pass {
  const { g, parameters } = context;
  const { filters } = layer;
  const { kernel } = convWindow(layer);
  const weight = parameters.read('weight', { kind: 'conv' });
  const bias = (layer.bias ?? true) ? parameters.read('bias', plain) : undefined;
  const elements = kernel[0] * kernel[1] * shape.channels;
  const filterShape = [...kernel, shape.channels, filters];
  const wideShape = [kernel[0] + 1, kernel[1] + 1, shape.channels, 4 * filters];
  const source = sourceOfRows(kernel, shape.channels);

  const zeros = floats(g, new Array<number>(filters).fill(0), [1, filters]);
  const rows = concat(g, [reshape(g, weight, [elements, filters]), zeros], 0);
  const known = source.map((row) => row ?? elements);
  const wide = reshape(g, gather(g, rows, known), wideShape);
  const wideBias = bias && concat(g, [bias, bias, bias, bias], 0);
  const slide = { stride: [2, 2], padding: [0, 0] } as const;

  // An element's gradient is the sum over its places in the wide filter.
  const places = source.map((row) => row ?? -1);
  const kernels: Kernels = {
    forward: (x) => conv2d(g, x, wide, slide, [1, 1]),
    filterGradient(x, dy) {
      const ofRows = reshape(g, conv2dBackpropFilter(g, x, wideShape, dy, slide), [-1, filters]);
      return reshape(g, unsortedSegmentSum(g, ofRows, places, elements), filterShape);
    },
    inputGradient: (x, dy) => conv2dBackpropInput(g, shapeOp(g, x), wide, dy, slide),
  };
  return withInputLaidOut(g, input, shape, false, ({ shards }) =>
    convolution(context, kernels, wideBias, { shards, phases: true }),
  );
}

/**
 * For each row of the wide filter, height × width × in × phase, the row of the filter, height × width × in, that is there;
 * none where it has zeros. A phase's filter begins a row lower or a column further right.
 */
function sourceOfRows([height, width]: Pair, channels: number): (number | undefined)[] {
  const rows: (number | undefined)[] = [];
  for (let row = 0; row <= height; row += 1) {
    for (let column = 0; column <= width; column += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        for (const [down, right] of [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ] as const) {
          const [y, x] = [row - down, column - right];
          const inside = y >= 0 && y < height && x >= 0 && x < width;
          rows.push(inside ? (y * width + x) * channels + channel : undefined);
        }
      }
    }
  }
  return rows;
}

/** The pool: of four pixels that lie side by side. `output` is the map that is pooled to. */
export function poolOfPhases(context: Context, { shards }: Values, output: MapShape): Pass {
  const { g } = context;
  const { height, width, channels } = output;
  const window = { kernel: [1, 4], stride: [1, 4], padding: [0, 0] } as const;
  const pixels = shards.map((x) => reshape(g, x, [-1, height, width * 4, channels]));
  return perShard(context, { shards: pixels }, (x) => {
    const y = maxPool(g, x, window);
    return {
      y,
      backward: (dy) => ({
        tensor: reshape(g, maxPoolGrad(g, x, y, dy.tensor, window), [-1, height, width, 4 * channels]),
        channelSum: dy.channelSum,
      }),
    };
  });
}
