/** Batch normalisation over each channel of a map: `torch.nn.BatchNorm2d`, affine, with running statistics. */
import { type FieldSpecs, type LayerWith, schemaOf } from './field.ts';
import { type ComputedKind, type ParameterSpec, elements, requireMap } from './layer.ts';

/** `momentum` is the weight of the new batch in the running statistics, as in PyTorch. */
export const batchNormDefaults = { epsilon: 1e-5, momentum: 0.1 } as const;

const fields = {
  epsilon: {
    kind: 'real',
    minimum: 0,
    aboveMinimum: true,
    maximum: 1,
    fallback: batchNormDefaults.epsilon,
    torch: 'eps',
    label: { en: 'Epsilon', 'zh-CN': 'ε 常数' },
    hint: { en: 'avoids division by zero', 'zh-CN': '避免除以零' },
  },
  momentum: {
    kind: 'real',
    minimum: 0,
    maximum: 1,
    unit: 'share',
    fallback: batchNormDefaults.momentum,
    torch: 'momentum',
    label: { en: 'Momentum', 'zh-CN': '动量' },
    hint: {
      en: 'weight of the newest batch in the running statistics',
      'zh-CN': '最新批次在运行统计量中的权重',
    },
  },
} as const satisfies FieldSpecs;

export type BatchNorm2d = LayerWith<'batchNorm2d', typeof fields>;

export const batchNorm2d: ComputedKind<BatchNorm2d> = {
  words: {
    en: { name: 'Batch normalisation', short: 'batch norm' },
    'zh-CN': { name: '批归一化', short: '批归一化' },
  },
  group: 'regularisation',
  color: '#e9e4f5',
  fields,
  schema: schemaOf('batchNorm2d', fields),
  outputShape: (_layer, input) => requireMap(input, 'batchNorm2d'),
  parameters(_layer, input) {
    const { channels } = requireMap(input, 'batchNorm2d');
    const spec = (name: string, value: number, role: ParameterSpec['role']): ParameterSpec => ({
      name,
      shape: [channels],
      initial: { kind: 'constant', value },
      trainable: role !== 'buffer',
      role,
      fanIn: channels,
      fanOut: channels,
    });
    return [
      spec('weight', 1, 'scale'),
      spec('bias', 0, 'bias'),
      spec('running_mean', 0, 'buffer'),
      spec('running_var', 1, 'buffer'),
    ];
  },
  multiplyAdds: (_layer, input) => elements(input),
  window: () => 'same',
  torch(layer, input) {
    const { channels } = requireMap(input, 'batchNorm2d');
    const epsilon = layer.epsilon ?? batchNormDefaults.epsilon;
    const momentum = layer.momentum ?? batchNormDefaults.momentum;
    const options = [
      epsilon === batchNormDefaults.epsilon ? '' : `, eps=${epsilon}`,
      momentum === batchNormDefaults.momentum ? '' : `, momentum=${momentum}`,
    ];
    return `nn.BatchNorm2d(${channels}${options.join('')})`;
  },
  torchStyle: { stem: 'bn', shared: false },
  torchLine: 'wraps',
  computes: ({ epsilon = batchNormDefaults.epsilon, momentum = batchNormDefaults.momentum }) => [
    { kind: 'batchNorm', epsilon, momentum },
  ],
};
