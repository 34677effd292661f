/**
 * The settings of TensorFlow's native library. It reads them from the environment once, when it is first loaded in a
 * process; a worker's `process.env` is a copy that C code does not see, so the owner of the workers sets them before
 * its first worker starts. Who has set them outside keeps what was set.
 */

import { isKeptToAvx2 } from './cpu.ts';

/**
 * `cores`: how many operations may run side by side.
 *
 * Threads: Maps of the size that Stride trains on are too small for one operation to be
 * split over two cores: that costs more than it gives (3.0 against 2.8 s an epoch of the course net on two cores). So
 * an operation takes one thread, and the cores are filled by the shards of a batch, which are branches of the graph:
 * as many operations side by side as there are cores, and no more (one thread more took 7 s).
 *
 * oneDNN: TensorFlow uses its convolutions by itself only on CPUs with AVX-512; on one with AVX2 alone the course
 * net's step takes 2.3 times as long without them. And it keeps what oneDNN has prepared for a convolution's gradients
 * (kernels, memory for their work) instead of making it anew in each step, which costs a tenth of a step: a net of ours
 * has few convolutions, all of the same size in every step.
 */
export function setNativeEnvironment(cores: number): void {
  process.env['TF_NUM_INTRAOP_THREADS'] ??= '1';
  process.env['TF_NUM_INTEROP_THREADS'] ??= String(cores);
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  if (isKeptToAvx2()) process.env['ONEDNN_MAX_CPU_ISA'] ??= 'AVX2';
  process.env['TF_MKL_OPTIMIZE_PRIMITIVE_MEMUSE'] ??= 'false';
  // Warnings and errors only come as exceptions; its notes about CPU features would land in the terminal.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
}
