/**
 * A net as it is written, kept and sent: its input and its layers in order. `parseNetwork` turns unknown data into
 * one, with errors that name the layer and the field; whether the layers fit each other is `shapes.ts`' question.
 */
import { z } from 'zod';
import { layerSchema, layerTypes } from '../layers/index.ts';
import { Problem } from '../base/problem.ts';

export const inputSchema = z.strictObject({
  height: z.int().min(1).max(1024),
  width: z.int().min(1).max(1024),
  channels: z.int().min(1).max(64),
});

export const networkSchema = z.strictObject({
  name: z.string().trim().min(1).max(80),
  input: inputSchema,
  layers: z.array(layerSchema).max(256),
});

export type Network = z.infer<typeof networkSchema>;

export function parseNetwork(value: unknown): Network {
  const result = networkSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (!issue) throw new Problem('network.invalid', 'this is not a network');
  const { where, field } = describePath(issue.path, value);
  const detail = detailOf(issue);
  throw new Problem('network.invalid', `${where}${field ? `, field "${field}"` : ''}: ${detail}`, {
    where,
    field,
    detail,
  });
}

function describePath(path: readonly PropertyKey[], value: unknown): { where: string; field: string } {
  if (path[0] !== 'layers' || typeof path[1] !== 'number') return { where: 'network', field: path.join('.') };
  const layer: unknown = (value as { layers: unknown[] }).layers[path[1]];
  const type =
    typeof layer === 'object' && layer !== null && 'type' in layer ? ` (${String(layer.type)})` : '';
  return { where: `layer ${path[1] + 1}${type}`, field: path.slice(2).join('.') };
}

function detailOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `unknown field ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'type') {
    return `unknown layer type; one of ${layerTypes.join(', ')}`;
  }
  return issue.message;
}
