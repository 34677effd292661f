/** The test set as the net's last layer sees it, in few dimensions. */
import { z } from 'zod';
import type { Network } from '../network/network.ts';
import { type TraceStep, traceSteps } from './trace.ts';

const float32: z.ZodType<Float32Array> = z.instanceof(Float32Array);

/** Number of principal components: two to look at, and as many as UMAP starts from. */
export const mostComponents = 30;

export const embeddingSchema = z.strictObject({
  /** The place whose output was embedded: the input of the last layer with parameters. */
  place: z.string(),
  features: z.int(),
  /** The first images of the test set, if all of them do not fit into memory. */
  images: z.int(),
  components: z.int(),
  /** Images × components: coordinates along the principal axes, the largest variance first. */
  coordinates: float32,
  /** Share of the total variance along each axis. */
  explained: float32,
});
export type Embedding = z.infer<typeof embeddingSchema>;

/** Returns the last layer with parameters: its inputs are the features that the net itself has made. */
export function lastTrained(network: Network): TraceStep | undefined {
  return traceSteps(network).findLast(
    ({ layer, depth }) => depth === 0 && (layer.type === 'linear' || layer.type === 'conv2d'),
  );
}
