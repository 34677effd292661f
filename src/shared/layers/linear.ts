/** A fully connected layer: `torch.nn.Linear`. */
import { Problem } from '../base/problem.ts';
import { weightAndBias } from './conv2d.ts';
import { type FieldSpecs, type LayerWith, biasField, schemaOf } from './field.ts';
import { type FlatShape, type ComputedKind, type Shape, describeShape } from './layer.ts';

const fields = {
  units: {
    kind: 'whole',
    required: true,
    minimum: 1,
    maximum: 65_536,
    unit: 'features',
    fallback: 10,
    torch: 'out_features',
    label: { en: 'Units', 'zh-CN': '单元数' },
    hint: { en: 'output features', 'zh-CN': '输出特征数' },
  },
  bias: biasField,
} as const satisfies FieldSpecs;

export type Linear = LayerWith<'linear', typeof fields>;

function requireFlat(input: Shape): FlatShape {
  if (input.kind === 'flat') return input;
  throw new Problem(
    'layer.needs-flat',
    `linear needs flat features, but it is given a ${describeShape(input)} map; put flatten or globalAveragePool before it`,
    { shape: describeShape(input) },
  );
}

export const linear: ComputedKind<Linear> = {
  words: {
    en: { name: 'Linear', short: 'fully connected' },
    'zh-CN': { name: '全连接', short: '全连接' },
  },
  group: 'linear',
  color: '#f8dfe6',
  fields,
  schema: schemaOf('linear', fields),
  outputShape(layer, input) {
    requireFlat(input);
    return { kind: 'flat', features: layer.units };
  },
  parameters(layer, input) {
    const { features } = requireFlat(input);
    return weightAndBias([layer.units, features], features, layer.units, layer.bias ?? true);
  },
  multiplyAdds: (layer, input) => layer.units * requireFlat(input).features,
  window: () => 'whole',
  torch(layer, input) {
    const bias = (layer.bias ?? true) ? '' : ', bias=False';
    return `nn.Linear(${requireFlat(input).features}, ${layer.units}${bias})`;
  },
  torchStyle: { stem: 'fc', shared: false },
  torchLine: 'begins',
  computes: ({ units, bias = true }) => [{ kind: 'linear', units, bias }],
};
