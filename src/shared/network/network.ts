/**
 * A net as it is written, stored and sent: its input and its layers in order. `parseNetwork` validates unknown data,
 * with errors that name the layer and the field; `shapes.ts` checks whether the layers fit each other.
 */
import { z } from 'zod';
import { Problem } from '../base/problem.ts';
import { layerSchema } from '../layers/index.ts';
import { misfitOf, misfitSentence } from '../misfits/misfit.ts';

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
  const parameters = { key: 'network', ...misfitOf(result.error, value) };
  const detail = misfitSentence(parameters, 'en');
  throw new Problem('network.invalid', `the net is not valid: ${detail}`, { ...parameters, detail });
}
