/**
 * Max-, average and global average pooling: `torch.nn.MaxPool2d`, `AvgPool2d` (which includes the padding, PyTorch's
 * default) and `AdaptiveAvgPool2d(1)` with `Flatten`, as one entry of the sequence so that parameter names keep
 * counting layers.
 */
import type { Language } from '../base/languages.ts';
import { Problem } from '../base/problem.ts';
import { type FieldSpecs, type LayerWith, schemaOf } from './field.ts';
import {
  type ComputedKind,
  type LayerWords,
  type Pair,
  pair,
  pythonPair,
  requireMap,
  slideOverMap,
} from './layer.ts';
import { type SlidingWindow, windowNames } from './window.ts';

const fields = {
  kernelSize: {
    ...windowNames.kernelSize,
    kind: 'pair',
    required: true,
    minimum: 1,
    maximum: 64,
    unit: 'pixels',
    fallback: 2,
  },
  stride: {
    ...windowNames.stride,
    kind: 'pair',
    minimum: 1,
    maximum: 64,
    unit: 'pixels',
    fallback: 2,
    follows: 'kernelSize',
  },
  padding: { ...windowNames.padding, kind: 'pair', minimum: 0, maximum: 32, unit: 'pixels', fallback: 0 },
} as const satisfies FieldSpecs;

export type MaxPool2d = LayerWith<'maxPool2d', typeof fields>;
export type AvgPool2d = LayerWith<'avgPool2d', typeof fields>;
export type GlobalAveragePool = LayerWith<'globalAveragePool', object>;

/** Returns the pool's window; the stride defaults to the kernel, as in PyTorch. */
export function poolWindow(layer: LayerWith<string, typeof fields>): SlidingWindow {
  const kernel = pair(layer.kernelSize, [1, 1]);
  return {
    kernel,
    stride: pair(layer.stride, kernel),
    padding: pair(layer.padding, [0, 0]),
    dilation: [1, 1] as Pair,
  };
}

const group = 'pooling';
const color = '#fde7d3';

function pooling<T extends 'maxPool2d' | 'avgPool2d'>(
  name: T,
  words: Readonly<Record<Language, LayerWords>>,
  { module, stem, of }: { module: string; stem: string; of: 'max' | 'average' },
): ComputedKind<LayerWith<T, typeof fields>> {
  return {
    words,
    group,
    color,
    fields,
    schema: schemaOf(name, fields),
    outputShape(layer, input) {
      const map = requireMap(input, name);
      const window = poolWindow(layer);
      for (const axis of [0, 1] as const) {
        const largest = Math.floor(window.kernel[axis] / 2);
        if (window.padding[axis] <= largest) continue;
        throw new Problem(
          'layer.pool-padding',
          `padding ${window.padding[axis]} is more than half of the kernel ${window.kernel[axis]}; use padding ≤ ${largest}`,
          { padding: window.padding[axis], kernel: window.kernel[axis], largest },
        );
      }
      const [height, width] = slideOverMap(map, window);
      return { kind: 'map', channels: map.channels, height, width };
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    window: poolWindow,
    torch(layer) {
      const { kernel, stride, padding } = poolWindow(layer);
      const same = stride[0] === kernel[0] && stride[1] === kernel[1];
      const options = [
        same ? '' : `, stride=${pythonPair(stride)}`,
        padding[0] || padding[1] ? `, padding=${pythonPair(padding)}` : '',
      ];
      return `nn.${module}(${pythonPair(kernel)}${options.join('')})`;
    },
    torchStyle: { stem, shared: true },
    torchLine: 'wraps',
    computes: (layer) => [{ kind: 'pool', of, window: poolWindow(layer) }],
  };
}

export const maxPool2d = pooling(
  'maxPool2d',
  {
    en: { name: 'Max pooling', short: 'max pool' },
    'zh-CN': { name: '最大池化', short: '最大池化' },
  },
  { module: 'MaxPool2d', stem: 'pooling', of: 'max' },
);
export const avgPool2d = pooling(
  'avgPool2d',
  {
    en: { name: 'Average pooling', short: 'average pool' },
    'zh-CN': { name: '平均池化', short: '平均池化' },
  },
  { module: 'AvgPool2d', stem: 'average', of: 'average' },
);

export const globalAveragePool: ComputedKind<GlobalAveragePool> = {
  words: {
    en: { name: 'Global average pooling', short: 'global average pool' },
    'zh-CN': { name: '全局平均池化', short: '全局平均池化' },
  },
  group,
  color,
  fields: {},
  schema: schemaOf('globalAveragePool', {}),
  outputShape: (_layer, input) => ({
    kind: 'flat',
    features: requireMap(input, 'globalAveragePool').channels,
  }),
  parameters: () => [],
  multiplyAdds: () => 0,
  window: () => 'whole',
  torch: () => 'nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())',
  torchStyle: { call: (_layer, x) => `torch.flatten(F.adaptive_avg_pool2d(${x}, 1), 1)` },
  torchLine: 'alone',
  computes: () => [{ kind: 'globalAverage' }],
};
