/** How many test images a net still gets right when all of them are changed. */
import { z } from 'zod';
import { distortions } from './distortions.ts';

export const distortionSchema = z.enum(distortions);

export const robustnessSchema = z.strictObject({
  images: z.int(),
  /** Number of right images at each strength of `strengthsOf(distortion, true)`. */
  correct: z.array(z.int()),
});
export type Robustness = z.infer<typeof robustnessSchema>;
