/** From a map to a flat vector, channels first: `torch.nn.Flatten`. */
import { z } from 'zod';
import { type LayerKind, elements } from './layer.ts';

export const flattenSchema = z.strictObject({
  type: z.literal('flatten'),
  disabled: z.boolean().optional(),
});
export type Flatten = z.infer<typeof flattenSchema>;

export const flatten: LayerKind<Flatten> = {
  schema: flattenSchema,
  outputShape: (_layer, input) => ({ kind: 'flat', features: elements(input) }),
  parameters: () => [],
  multiplyAdds: () => 0,
  window: () => 'same',
  torch: () => 'nn.Flatten()',
};
