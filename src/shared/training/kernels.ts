/** Whose convolutions a net is trained with. They round differently, so a run keeps its own. */
import { z } from 'zod';

/** Stride's own kernels (`src/native`) where they suit, or TensorFlow's alone. */
export const kernelSourceSchema = z.enum(['stride', 'tensorflow']);
export type KernelSource = z.infer<typeof kernelSourceSchema>;

/** Seconds that a net's step was measured to take on a machine with each of them. */
export const kernelTimesSchema = z.object({ stride: z.number(), tensorflow: z.number() });
export type KernelTimes = z.infer<typeof kernelTimesSchema>;

/**
 * TensorFlow's kernels are chosen only where a step with Stride's takes at least so much longer: two nets that take
 * about as long must not have different roundings because of one measurement.
 */
const clearlyLonger = 1.1;

/** A run's kernels as its log has them. */
export interface LoggedKernels {
  readonly kernels?: KernelSource | undefined;
  readonly kernelTimes?: KernelTimes | undefined;
}

/** Returns the milliseconds a step with these kernels and with the others, to three digits. */
export function stepTimes(kernels: KernelSource, times: KernelTimes): { chosen: number; other: number } {
  const milliseconds = (seconds: number) => Number((1000 * seconds).toPrecision(3));
  const other = kernels === 'stride' ? times.tensorflow : times.stride;
  return { chosen: milliseconds(times[kernels]), other: milliseconds(other) };
}

export const fasterKernels = ({ stride, tensorflow }: KernelTimes): KernelSource =>
  stride > clearlyLonger * tensorflow ? 'tensorflow' : 'stride';
