/** Converts a map to a flat vector, channels first: `torch.nn.Flatten`. */
import { type LayerWith, schemaOf } from './field.ts';
import { type ComputedKind, elements } from './layer.ts';

const fields = {};

export type Flatten = LayerWith<'flatten', typeof fields>;

export const flatten: ComputedKind<Flatten> = {
  words: {
    en: { name: 'Flatten', short: 'flatten' },
    'zh-CN': { name: '展平', short: '展平' },
  },
  group: 'shape',
  color: '#eeeeee',
  fields,
  schema: schemaOf('flatten', fields),
  outputShape: (_layer, input) => ({ kind: 'flat', features: elements(input) }),
  parameters: () => [],
  multiplyAdds: () => 0,
  window: () => 'same',
  torch: () => 'nn.Flatten()',
  torchStyle: { call: (_layer, x) => `${x}.view(${x}.size(0), -1)` },
  torchLine: 'alone',
  computes: () => [{ kind: 'flatten' }],
};
