/** Dropout of single elements with probability `p`, the rest scaled by 1/(1 − p): `torch.nn.Dropout`. */
import { type FieldSpecs, type LayerWith, schemaOf } from './field.ts';
import type { ComputedKind } from './layer.ts';

export const dropoutDefaults = { p: 0.5 } as const;

const fields = {
  p: {
    kind: 'real',
    minimum: 0,
    maximum: 0.99,
    unit: 'share',
    fallback: dropoutDefaults.p,
    torch: 'p',
    label: { en: 'Dropout rate', 'zh-CN': '丢弃率' },
    hint: { en: 'set to zero at random during training', 'zh-CN': '训练时随机置零的比例' },
  },
} as const satisfies FieldSpecs;

export type Dropout = LayerWith<'dropout', typeof fields>;

export const dropout: ComputedKind<Dropout> = {
  words: {
    en: { name: 'Dropout', short: 'dropout' },
    'zh-CN': { name: 'Dropout', short: 'Dropout' },
  },
  group: 'regularisation',
  color: '#eeeeee',
  detail: (layer) => String(layer.p ?? dropoutDefaults.p),
  fields,
  schema: schemaOf('dropout', fields),
  outputShape: (_layer, input) => input,
  parameters: () => [],
  multiplyAdds: () => 0,
  window: () => 'same',
  torch: (layer) => `nn.Dropout(${layer.p ?? dropoutDefaults.p})`,
  torchStyle: { stem: 'dropout', shared: true },
  torchLine: 'wraps',
  computes: ({ p = dropoutDefaults.p }) => [{ kind: 'dropout', p }],
};
