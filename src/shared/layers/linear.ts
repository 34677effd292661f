/** A fully connected layer: `torch.nn.Linear`. */
import { z } from 'zod';
import { Problem } from '../base/problem.ts';
import { weightAndBias } from './conv2d.ts';
import { type FlatShape, type LayerKind, type Shape, describeShape } from './layer.ts';

export const linearSchema = z.strictObject({
  type: z.literal('linear'),
  units: z.int().min(1).max(65_536),
  bias: z.boolean().optional(),
  disabled: z.boolean().optional(),
});
export type Linear = z.infer<typeof linearSchema>;

function requireFlat(input: Shape): FlatShape {
  if (input.kind === 'flat') return input;
  throw new Problem(
    'layer.needs-flat',
    `linear needs flat features, but it is given a ${describeShape(input)} map; put flatten or globalAveragePool before it`,
    { shape: describeShape(input) },
  );
}

export const linear: LayerKind<Linear> = {
  schema: linearSchema,
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
};
