/** A layer's fields against its schema. */
import type { PairField } from '../../layers/layer.ts';
import { type Layer, layerSchema } from '../../layers/index.ts';

export type { PairField };

/** `filters: must be …`, or undefined where the layer is in order. */
export function layerSchemaProblem(layer: Layer): string | undefined {
  const result = layerSchema.safeParse(layer);
  const issue = result.success ? undefined : result.error.issues[0];
  return issue && `${issue.path.join('.')}: ${issue.message}`;
}
