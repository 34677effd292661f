/** Whose convolutions a net is trained with. They round differently, so a run keeps its own. */
import { z } from 'zod';

/** Stride's own kernels (`src/native`) where they suit, or TensorFlow's alone. */
export const kernelSourceSchema = z.enum(['stride', 'tensorflow']);
export type KernelSource = z.infer<typeof kernelSourceSchema>;
