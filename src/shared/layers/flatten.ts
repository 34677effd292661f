/** Converts a map to a flat vector, channels first: `torch.nn.Flatten`. */
import { type LayerWith, schemaOf } from './field.ts';
import { type LayerKind, elements } from './layer.ts';

const fields = {};

export type Flatten = LayerWith<'flatten', typeof fields>;

export const flatten: LayerKind<Flatten> = {
  fields,
  schema: schemaOf('flatten', fields),
  outputShape: (_layer, input) => ({ kind: 'flat', features: elements(input) }),
  parameters: () => [],
  multiplyAdds: () => 0,
  window: () => 'same',
  torch: () => 'nn.Flatten()',
};
