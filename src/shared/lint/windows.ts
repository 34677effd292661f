/** Rules for kernels, strides and padding that lose, skip or have no effect on pixels. */
import { slidingWindowOf } from '../layers/index.ts';
import type { SlidingWindow } from '../layers/window.ts';
import type { LayerSummary } from '../network/shapes.ts';
import { type Rule, changed, finding, numberOf, without } from './rule.ts';

const axes = [0, 1] as const;

const lengthOf = ({ input }: LayerSummary, axis: 0 | 1): number =>
  input.kind === 'map' ? (axis === 0 ? input.height : input.width) : 0;

/** Returns the extent of a window along an axis, in the map's pixels. */
const reachOf = ({ kernel, dilation }: SlidingWindow, axis: 0 | 1) => dilation[axis] * (kernel[axis] - 1) + 1;

/** Returns the number of rows or columns at the end of the map that no window reaches; padding does not count. */
function lostAt(length: number, window: SlidingWindow, axis: 0 | 1): number {
  const rest = (length + 2 * window.padding[axis] - reachOf(window, axis)) % window.stride[axis];
  return Math.max(0, rest - window.padding[axis]);
}

const eachWindow =
  (rule: (summary: LayerSummary, window: SlidingWindow) => ReturnType<Rule>) =>
  (layers: readonly LayerSummary[]): ReturnType<Rule> =>
    layers.flatMap((summary) => {
      const window = slidingWindowOf(summary.layer);
      return window && summary.input.kind === 'map' ? rule(summary, window) : [];
    });

/** Reports last rows or columns that no window covers: 13 → 6 by a pool of 2. */
export const borderLost: Rule = ({ layers }) =>
  eachWindow((summary, window) => {
    const [rows = 0, columns = 0] = axes.map((axis) => lostAt(lengthOf(summary, axis), window, axis));
    if (rows === 0 && columns === 0) return [];
    const height = lengthOf(summary, 0);
    const width = lengthOf(summary, 1);
    return [
      finding('hint', 'border-lost', [summary.position], {
        layer: numberOf(summary),
        rows,
        columns,
        height,
        width,
      }),
    ];
  })(layers);

/** Reports a stride larger than the window, which skips rows. */
export const windowGaps: Rule = ({ layers, network }) =>
  eachWindow((summary, window) => {
    const gap = Math.max(...axes.map((axis) => window.stride[axis] - reachOf(window, axis)));
    const several = summary.output.kind === 'map' && (summary.output.height > 1 || summary.output.width > 1);
    if (gap <= 0 || !several) return [];
    const { layer } = summary;
    const fix = changed(network, (all) => {
      const stride = axes.map((axis) => Math.min(window.stride[axis], reachOf(window, axis))) as [
        number,
        number,
      ];
      if (layer.type === 'conv2d' || layer.type === 'maxPool2d' || layer.type === 'avgPool2d')
        all[summary.position] = { ...layer, stride };
    });
    const parameters = { stride: window.stride.join('×'), kernel: window.kernel.join('×') };
    return [finding('warning', 'window-gaps', [summary.position], parameters, fix)];
  })(layers);

/** Reports a pool that does not shrink the map. */
export const poolStrideOne: Rule = ({ layers, network }) =>
  eachWindow((summary, window) => {
    const { layer } = summary;
    if (layer.type === 'conv2d' || Math.max(...window.stride) > 1) return [];
    if (Math.max(...window.kernel) === 1)
      return [finding('warning', 'no-effect', [summary.position], {}, without(network, summary.position))];
    const fix = changed(network, (all) => {
      if (layer.type !== 'maxPool2d' && layer.type !== 'avgPool2d') return;
      const { stride: _stride, ...rest } = layer;
      all[summary.position] = rest;
    });
    return [finding('hint', 'pool-stride-one', [summary.position], { kernel: window.kernel.join('×') }, fix)];
  })(layers);

/** Reports even kernels: with these no padding keeps the map's size, and the map shifts by half a pixel. */
export const evenKernel: Rule = ({ layers, network }) =>
  eachWindow((summary, window) => {
    const { layer } = summary;
    const even = axes.some((axis) => window.kernel[axis] % 2 === 0 && window.padding[axis] > 0);
    if (layer.type !== 'conv2d' || !even || Math.max(...window.stride) > 1) return [];
    const odd = window.kernel.map((k) => (k % 2 === 0 ? k + 1 : k)) as [number, number];
    const padding = odd.map((k, axis) => (window.dilation[axis as 0 | 1] * (k - 1)) / 2) as [number, number];
    const fix = changed(network, (all) => {
      all[summary.position] = { ...layer, kernelSize: short(odd), padding: short(padding) };
    });
    const parameters = { kernel: window.kernel.join('×'), better: odd.join('×') };
    return [finding('hint', 'even-kernel', [summary.position], parameters, fix)];
  })(layers);

const short = ([height, width]: [number, number]) =>
  height === width ? height : ([height, width] as [number, number]);

/** Reports a kernel so large that several small ones cover as much with fewer weights. */
export const largeKernel: Rule = ({ layers }) =>
  eachWindow((summary, window) => {
    const { layer } = summary;
    const largest = Math.max(...window.kernel);
    const image = Math.max(lengthOf(summary, 0), lengthOf(summary, 1));
    if (layer.type !== 'conv2d' || largest < 9 || largest === image) return [];
    const threes = Math.ceil((largest - 1) / 2);
    return [
      finding('hint', 'large-kernel', [summary.position], {
        kernel: window.kernel.join('×'),
        count: threes,
        weights: largest * largest,
        fewer: threes * 9,
      }),
    ];
  })(layers);

/** Reports a window larger than its map, which covers mostly padding. */
export const beyondMap: Rule = ({ layers }) =>
  eachWindow((summary, window) => {
    const over = axes.some((axis) => reachOf(window, axis) > lengthOf(summary, axis));
    if (!over) return [];
    const parameters = {
      layer: numberOf(summary),
      kernel: window.kernel.join('×'),
      height: lengthOf(summary, 0),
      width: lengthOf(summary, 1),
    };
    return [finding('warning', 'beyond-map', [summary.position], parameters)];
  })(layers);

/** Reports a 1×1 map before further convolutions, which have no neighbourhood left. */
export const mapExhausted: Rule = ({ layers }) => {
  const at = layers.findIndex(
    ({ output, input }) =>
      output.kind === 'map' &&
      output.height === 1 &&
      output.width === 1 &&
      input.kind === 'map' &&
      input.height + input.width > 2,
  );
  const after = layers
    .slice(at + 1)
    .filter(({ layer }) => layer.type === 'conv2d' || layer.type === 'residual');
  const last = layers[at];
  if (at < 0 || !last || after.length === 0) return [];
  return [
    finding('hint', 'map-exhausted', [last.position, ...after.map(({ position }) => position)], {
      layer: numberOf(last),
      count: after.length,
    }),
  ];
};

/** Reports an average over a map whose positions have each seen only a part of the image. */
export const receptiveField: Rule = ({ layers, network }) =>
  layers.flatMap((summary, i) => {
    const before = layers[i - 1];
    const { type } = summary.layer;
    if (!before || summary.input.kind !== 'map' || (type !== 'globalAveragePool' && type !== 'flatten'))
      return [];
    if (!layers.slice(0, i).some(({ layer }) => layer.type === 'conv2d' || layer.type === 'residual'))
      return [];
    const { height, width } = network.input;
    const [seenHeight, seenWidth] = before.receptiveField;
    // A linear layer combines the parts again; an average cannot.
    const enough = type === 'globalAveragePool' ? 1 : 0.25;
    if (seenHeight >= height * enough && seenWidth >= width * enough) return [];
    return [
      finding(
        'hint',
        type === 'flatten' ? 'field-before-flatten' : 'field-before-average',
        [summary.position],
        {
          field: `${seenHeight}×${seenWidth}`,
          image: `${height}×${width}`,
        },
      ),
    ];
  });
