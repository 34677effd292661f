/** Short descriptions of layers for figures, in both languages. */
import type { ActivationFunction } from '../layers/activation.ts';
import { convWindow } from '../layers/conv2d.ts';
import { dropoutDefaults } from '../layers/dropout.ts';
import type { Layer } from '../layers/index.ts';
import type { Pair } from '../layers/layer.ts';
import { poolWindow } from '../layers/pooling.ts';

export const figureLanguages = ['en', 'zh-CN'] as const;
export type FigureLanguage = (typeof figureLanguages)[number];

type Words = Readonly<
  Record<
    | 'input'
    | 'conv'
    | 'maxPool'
    | 'averagePool'
    | 'globalAverage'
    | 'batchNorm'
    | 'dropout'
    | 'flatten'
    | 'linear'
    | 'residual'
    | 'stride'
    | 'padding'
    | 'dilation',
    string
  >
>;

const words: Readonly<Record<FigureLanguage, Words>> = {
  en: {
    input: 'input',
    conv: 'conv',
    maxPool: 'max pool',
    averagePool: 'average pool',
    globalAverage: 'global average pool',
    batchNorm: 'batch norm',
    dropout: 'dropout',
    flatten: 'flatten',
    linear: 'fully connected',
    residual: 'residual block',
    stride: 'stride',
    padding: 'padding',
    dilation: 'dilation',
  },
  'zh-CN': {
    input: '输入',
    conv: '卷积',
    maxPool: '最大池化',
    averagePool: '平均池化',
    globalAverage: '全局平均池化',
    batchNorm: '批归一化',
    dropout: 'Dropout',
    flatten: '展平',
    linear: '全连接',
    residual: '残差块',
    stride: '步幅',
    padding: '填充',
    dilation: '膨胀',
  },
};

const activations: Readonly<Record<ActivationFunction, string>> = {
  relu: 'ReLU',
  leakyRelu: 'Leaky ReLU',
  elu: 'ELU',
  selu: 'SELU',
  gelu: 'GELU',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  softplus: 'Softplus',
  silu: 'SiLU',
};

export const inputWord = (language: FigureLanguage): string => words[language].input;

const both = ([height, width]: Pair) => `${height}×${width}`;
const short = ([height, width]: Pair) => (height === width ? `${height}` : `${height}×${width}`);
const uniform = ([height, width]: Pair, value: number) => height === value && width === value;

/** Returns `conv 5×5, stride 2`: usual values are left out. */
export function layerWords(layer: Layer, language: FigureLanguage): string {
  const say = words[language];
  const comma = language === 'en' ? ', ' : '，';
  const listed = (...parts: (string | null)[]) => parts.filter((each) => each !== null).join(comma);
  switch (layer.type) {
    case 'conv2d': {
      const { kernel, stride, padding, dilation } = convWindow(layer);
      return listed(
        `${say.conv} ${both(kernel)}`,
        uniform(stride, 1) ? null : `${say.stride} ${short(stride)}`,
        uniform(padding, 0) ? null : `${say.padding} ${short(padding)}`,
        uniform(dilation, 1) ? null : `${say.dilation} ${short(dilation)}`,
      );
    }
    case 'maxPool2d':
    case 'avgPool2d': {
      const { kernel, stride, padding } = poolWindow(layer);
      return listed(
        `${layer.type === 'maxPool2d' ? say.maxPool : say.averagePool} ${both(kernel)}`,
        both(stride) === both(kernel) ? null : `${say.stride} ${short(stride)}`,
        uniform(padding, 0) ? null : `${say.padding} ${short(padding)}`,
      );
    }
    case 'globalAveragePool':
      return say.globalAverage;
    case 'batchNorm2d':
      return say.batchNorm;
    case 'dropout':
      return `${say.dropout} ${layer.p ?? dropoutDefaults.p}`;
    case 'activation':
      return activations[layer.function];
    case 'flatten':
      return say.flatten;
    case 'linear':
      return say.linear;
    case 'residual':
      return say.residual;
  }
}
