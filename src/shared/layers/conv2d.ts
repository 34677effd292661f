/** Two-dimensional convolution (cross-correlation, as usual in deep learning): `torch.nn.Conv2d`, one group. */
import { type FieldSpecs, type LayerWith, biasField, schemaOf } from './field.ts';
import {
  type ComputedKind,
  type Pair,
  type ParameterSpec,
  pair,
  pythonPair,
  requireMap,
  slideOverMap,
} from './layer.ts';
import { type SlidingWindow, windowNames } from './window.ts';

const fields = {
  filters: {
    kind: 'whole',
    required: true,
    minimum: 1,
    maximum: 4096,
    unit: 'channels',
    fallback: 10,
    torch: 'out_channels',
    label: { en: 'Filters', 'zh-CN': '卷积核个数' },
    hint: { en: 'output channels, one feature map each', 'zh-CN': '输出通道数，每个通道一张特征图' },
  },
  kernelSize: {
    ...windowNames.kernelSize,
    kind: 'pair',
    required: true,
    minimum: 1,
    maximum: 64,
    unit: 'pixels',
    fallback: 3,
  },
  stride: { ...windowNames.stride, kind: 'pair', minimum: 1, maximum: 64, unit: 'pixels', fallback: 1 },
  padding: { ...windowNames.padding, kind: 'pair', minimum: 0, maximum: 64, unit: 'pixels', fallback: 0 },
  dilation: { ...windowNames.dilation, kind: 'pair', minimum: 1, maximum: 64, unit: 'pixels', fallback: 1 },
  bias: biasField,
} as const satisfies FieldSpecs;

export type Conv2d = LayerWith<'conv2d', typeof fields>;

export function convWindow(layer: Conv2d): SlidingWindow {
  return {
    kernel: pair(layer.kernelSize, [1, 1]),
    stride: pair(layer.stride, [1, 1]),
    padding: pair(layer.padding, [0, 0]),
    dilation: pair(layer.dilation, [1, 1]),
  };
}

/**
 * Returns the parameters of conv and linear with PyTorch's default: `kaiming_uniform_(a=√5)` for weights equals
 * ±1/√fan_in, as for biases.
 */
export function weightAndBias(
  weight: readonly number[],
  fanIn: number,
  fanOut: number,
  bias: boolean,
): ParameterSpec[] {
  const shared = {
    trainable: true,
    fanIn,
    fanOut,
    initial: { kind: 'uniform', bound: 1 / Math.sqrt(fanIn) },
  } as const;
  const specs: ParameterSpec[] = [{ ...shared, name: 'weight', shape: weight, role: 'matrix' }];
  if (bias) specs.push({ ...shared, name: 'bias', shape: weight.slice(0, 1), role: 'bias' });
  return specs;
}

export const conv2d: ComputedKind<Conv2d> = {
  words: {
    en: { name: 'Convolution', short: 'conv' },
    'zh-CN': { name: '卷积', short: '卷积' },
  },
  group: 'convolution',
  color: '#dbe8f8',
  fields,
  schema: schemaOf('conv2d', fields),
  outputShape(layer, input) {
    const [height, width] = slideOverMap(requireMap(input, 'conv2d'), convWindow(layer));
    return { kind: 'map', channels: layer.filters, height, width };
  },
  parameters(layer, input) {
    const { channels } = requireMap(input, 'conv2d');
    const [kh, kw] = convWindow(layer).kernel;
    const shape = [layer.filters, channels, kh, kw];
    return weightAndBias(shape, channels * kh * kw, layer.filters * kh * kw, layer.bias ?? true);
  },
  multiplyAdds(layer, input, output) {
    const { channels } = requireMap(input, 'conv2d');
    const { height, width } = requireMap(output, 'conv2d');
    const [kh, kw] = convWindow(layer).kernel;
    return layer.filters * height * width * channels * kh * kw;
  },
  window: convWindow,
  torch(layer, input) {
    const { channels } = requireMap(input, 'conv2d');
    const { kernel, stride, padding, dilation } = convWindow(layer);
    const plain = ([a, b]: Pair, value: number) => a === value && b === value;
    const options = [
      plain(stride, 1) ? '' : `, stride=${pythonPair(stride)}`,
      plain(padding, 0) ? '' : `, padding=${pythonPair(padding)}`,
      plain(dilation, 1) ? '' : `, dilation=${pythonPair(dilation)}`,
      (layer.bias ?? true) ? '' : ', bias=False',
    ];
    return `nn.Conv2d(${channels}, ${layer.filters}, kernel_size=${pythonPair(kernel)}${options.join('')})`;
  },
  torchStyle: { stem: 'conv', shared: false },
  torchLine: 'begins',
  computes: (layer) => [
    { kind: 'conv', filters: layer.filters, window: convWindow(layer), bias: layer.bias ?? true },
  ],
};
