/** Dropout of single elements with probability `p`, the rest scaled by 1/(1 − p): `torch.nn.Dropout`. */
import { type FieldSpecs, type LayerWith, schemaOf } from './field.ts';
import type { LayerKind } from './layer.ts';

export const dropoutDefaults = { p: 0.5 } as const;

const fields = {
  p: { kind: 'real', minimum: 0, maximum: 0.99, unit: 'share', fallback: dropoutDefaults.p },
} as const satisfies FieldSpecs;

export type Dropout = LayerWith<'dropout', typeof fields>;

export const dropout: LayerKind<Dropout> = {
  fields,
  schema: schemaOf('dropout', fields),
  outputShape: (_layer, input) => input,
  parameters: () => [],
  multiplyAdds: () => 0,
  window: () => 'same',
  torch: (layer) => `nn.Dropout(${layer.p ?? dropoutDefaults.p})`,
};
