/**
 * Convolution: forward, and the gradients of input, filter and bias. TensorFlow's CPU kernels have no
 * gradients with dilation, and their filter gradient of a strided 1×1 convolution is faulty; these are
 * composed of other operations.
 */
import { type Conv2d, convWindow } from '../../../shared/layers/conv2d.ts';
import type { SlidingWindow } from '../../../shared/layers/window.ts';
import { layerKind } from '../../../shared/layers/index.ts';
import { type MapShape, type Pair, requireMap } from '../../../shared/layers/layer.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import {
  conv2d as conv2dOp,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  conv3dBackpropFilter,
  everyNth,
  extractImagePatches,
  integers,
  matMul,
  pad,
  reshape,
  reverse,
  shape as shapeOp,
  slice,
  transpose,
} from '../graph/operations.ts';
import { type Kernels, affine } from './affine.ts';
import { type FilterShape, coversMap, isOne, isSame } from './convolution.ts';
import { wantsHwnc } from './hwnc.ts';
import { withInputLaidOut } from './layouts.ts';
import { type Context, type Operation, plain } from './op.ts';

export const conv2d: Operation<Conv2d> = (context, layer, input, inputShape) => {
  const { g, parameters, avx512 } = context;
  const map = requireMap(inputShape, 'conv2d');
  const window = effectiveWindow(layer);
  const output = requireMap(layerKind(layer).outputShape(layer, map), 'conv2d');
  const weight = parameters.read('weight', { kind: 'conv' });
  const bias = (layer.bias ?? true) ? parameters.read('bias', plain) : undefined;
  const layout = wantsHwnc(context, layer, map) ? 'hwnc' : 'nhwc';
  const filter: FilterShape = [...window.kernel, map.channels, layer.filters];
  const kernels =
    layout === 'hwnc'
      ? hwncKernels(context, weight, filter, window, map, output)
      : context.training && coversMap(window, map)
        ? matrixKernels(g, weight, filter)
        : nhwcKernels(g, weight, filter, window, map, avx512);
  return withInputLaidOut(context, input, map, layout, ({ shards }) =>
    affine(context, kernels, bias, { shards, layout: { kind: layout } }),
  );
};

function nhwcKernels(
  g: Graph,
  weight: Tensor,
  filter: FilterShape,
  window: SlidingWindow,
  map: MapShape,
  avx512: boolean,
): Kernels {
  return {
    forward: (x) => conv2dOp(g, x, weight, window, window.dilation),
    weightGradient: (x, dy) => filterGradient(g, x, dy, filter, window),
    inputGradient: (x, dy) => inputGradient(g, x, dy, weight, map, filter[3], window, avx512),
  };
}

/**
 * Returns the kernels of a filter as large as the map: a matrix product, as in a linear layer, which oneDNN computes
 * faster than a convolution with one output pixel. LeNet-5's third convolution, 32 images with AVX2: 51 instead of
 * 144 µs, its gradients 102 instead of 524 µs.
 */
function matrixKernels(g: Graph, weight: Tensor, filter: FilterShape): Kernels {
  const [height, width, channels, filters] = filter;
  const rows = (x: Tensor) => reshape(g, x, [-1, height * width * channels]);
  const pixels = (dy: Tensor) => reshape(g, dy, [-1, filters]);
  const matrix = reshape(g, weight, [height * width * channels, filters]);
  return {
    forward: (x) => reshape(g, matMul(g, rows(x), matrix), [-1, 1, 1, filters]),
    weightGradient: (x, dy) => reshape(g, matMul(g, rows(x), pixels(dy), true), filter),
    inputGradient: (_, dy) =>
      reshape(g, matMul(g, pixels(dy), matrix, false, true), [-1, height, width, channels]),
  };
}

/**
 * Returns the kernels for HWNC maps. The filter's gradient may also be computed as that of a volume whose
 * third axis is the batch, which is faster with few channels and with padding.
 */
function hwncKernels(
  { g, shardSizes }: Context,
  weight: Tensor,
  filter: FilterShape,
  window: SlidingWindow,
  input: MapShape,
  output: MapShape,
): Kernels {
  const slide = { stride: [1, 1], padding: window.padding, same: isSame(window) } as const;
  const [height, width, channels, filters] = filter;
  const images = (shard: number) => shardSizes[shard] as number;
  const dilation = (shard: number) => [1, images(shard)] as const;
  const volume = (x: Tensor, map: MapShape) => reshape(g, x, [1, map.height, map.width, -1, map.channels]);
  return {
    forward: (x, shard) => conv2dOp(g, x, weight, slide, dilation(shard)),
    weightGradient(x, dy, shard) {
      if (channels >= 16 && !slide.same) {
        return conv2dBackpropFilter(g, x, filter, dy, slide, dilation(shard));
      }
      const deep = [height, width, 1, channels, filters];
      return reshape(g, conv3dBackpropFilter(g, volume(x, input), deep, volume(dy, output), slide), filter);
    },
    inputGradient(_, dy, shard) {
      const size = integers(g, [1, input.height, input.width * images(shard), channels]);
      return conv2dBackpropInput(g, size, weight, dy, slide, dilation(shard));
    },
  };
}

/**
 * Returns the window without dilation along axes where the kernel has one element, because it has no effect
 * there.
 */
function effectiveWindow(layer: Conv2d): SlidingWindow {
  const window = convWindow(layer);
  const dilation = ([0, 1] as const).map((axis) => (window.kernel[axis] === 1 ? 1 : window.dilation[axis]));
  return { ...window, dilation: dilation as unknown as Pair };
}

const none = [0, 0] as const;

/**
 * Returns whether the input's gradient is computed faster as a forward convolution, although that has more
 * multiplications. The course net's second conv, 64 images on two cores, takes 0.85 ms with AVX2 instead of
 * 1.40; with AVX-512 the advantage of the forward kernels is less than the 2.25 times as many
 * multiplications. For 3×3 kernels it is even or slower.
 */
function turnedIsFaster({ kernel, stride }: SlidingWindow, avx512: boolean): boolean {
  return !avx512 && isOne(stride) && kernel[0] * kernel[1] >= 16;
}

function padded(g: Graph, x: Tensor, [ph, pw]: Pair): Tensor {
  return ph || pw ? pad(g, x, [none, [ph, ph], [pw, pw], none]) : x;
}

function filterGradient(
  g: Graph,
  x: Tensor,
  dy: Tensor,
  filterShape: readonly number[],
  { kernel, stride, padding, dilation }: SlidingWindow,
): Tensor {
  if (!isOne(dilation)) {
    // The gradient is patchesᵀ · dy, where each row of the patches holds a window's pixels.
    const [kh = 1, kw = 1, channels = 1, filters = 1] = filterShape;
    const patches = extractImagePatches(g, padded(g, x, padding), kernel, stride, dilation);
    const rows = reshape(g, patches, [-1, kh * kw * channels]);
    return reshape(g, matMul(g, rows, reshape(g, dy, [-1, filters]), true), filterShape);
  }
  if (isOne(kernel) && !isOne(stride)) {
    // These are the only pixels that a strided 1×1 filter sees.
    const seen = everyNth(g, padded(g, x, padding), [1, ...stride, 1]);
    return conv2dBackpropFilter(g, seen, filterShape, dy, { stride: [1, 1], padding: [0, 0] });
  }
  const same = isSame({ kernel, stride, padding, dilation });
  return conv2dBackpropFilter(g, x, filterShape, dy, { stride, padding, same });
}

function inputGradient(
  g: Graph,
  x: Tensor,
  dy: Tensor,
  weight: Tensor,
  { height, width }: MapShape,
  filters: number,
  window: SlidingWindow,
  avx512: boolean,
): Tensor {
  const { kernel, stride, padding, dilation } = window;
  if (isOne(dilation) && !turnedIsFaster(window, avx512)) {
    return conv2dBackpropInput(g, shapeOp(g, x), weight, dy, { stride, padding, same: isSame(window) });
  }
  // The gradient is a forward convolution of dy, its elements a stride apart, with the filter rotated by 180°
  // and its inputs and outputs swapped.
  const turned = transpose(g, reverse(g, weight, [0, 1]), [0, 1, 3, 2]);
  const [rows, columns] = ([0, 1] as const).map((axis): Spread => {
    const reach = dilation[axis] * (kernel[axis] - 1);
    const length = axis === 0 ? height : width;
    const count = Math.floor((length + 2 * padding[axis] - reach - 1) / stride[axis]) + 1;
    const before = reach - padding[axis];
    const after = length + reach - before - count * stride[axis];
    return { count, stride: stride[axis], before, after };
  }) as [Spread, Spread];
  return conv2dOp(
    g,
    spread(g, dy, rows, columns, filters),
    turned,
    { stride: [1, 1], padding: [0, 0] },
    dilation,
  );
}

interface Spread {
  readonly count: number;
  readonly stride: number;
  /**
   * Number of zeros around it, where each element is followed by stride − 1 zeros; if negative, so many
   * elements are cut off.
   */
  readonly before: number;
  readonly after: number;
}

function spread(g: Graph, dy: Tensor, rows: Spread, columns: Spread, filters: number): Tensor {
  const axes = [rows, columns];
  let x = dy;
  if (axes.some(({ stride }) => stride > 1)) {
    const single = reshape(g, x, [-1, rows.count, 1, columns.count, 1, filters]);
    const wide = pad(g, single, [none, none, [0, rows.stride - 1], none, [0, columns.stride - 1], none]);
    x = reshape(g, wide, [-1, rows.count * rows.stride, columns.count * columns.stride, filters]);
  }
  if (axes.some(({ before, after }) => before < 0 || after < 0)) {
    const starts = axes.map(({ before }) => Math.max(0, -before));
    const sizes = axes.map(
      ({ count, stride, before, after }) => count * stride - Math.max(0, -before) - Math.max(0, -after),
    );
    x = slice(g, x, [0, ...starts, 0], [-1, ...sizes, -1]);
  }
  const zeros = axes.map(({ before, after }) => [Math.max(0, before), Math.max(0, after)] as const);
  return pad(g, x, [none, ...zeros, none]);
}
