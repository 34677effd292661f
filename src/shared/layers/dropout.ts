/** Dropout of single elements with probability `p`, the rest scaled by 1/(1 − p): `torch.nn.Dropout`. */
import { z } from 'zod';
import type { LayerKind } from './layer.ts';

export const dropoutSchema = z.strictObject({
  type: z.literal('dropout'),
  p: z.number().min(0).max(0.99).optional(),
  disabled: z.boolean().optional(),
});
export type Dropout = z.infer<typeof dropoutSchema>;

export const dropoutDefaults = { p: 0.5 } as const;

export const dropout: LayerKind<Dropout> = {
  schema: dropoutSchema,
  outputShape: (_layer, input) => input,
  parameters: () => [],
  multiplyAdds: () => 0,
  window: () => 'same',
  torch: (layer) => `nn.Dropout(${layer.p ?? dropoutDefaults.p})`,
};
