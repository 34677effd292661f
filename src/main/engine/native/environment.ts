/**
 * The settings of TensorFlow's native library. It reads them from the environment once, when it is first
 * loaded in a process; a worker's `process.env` is a copy that C code does not see, so the owner of the
 * workers sets them before its first worker starts. Settings that are already in the environment are kept.
 */

import { isKeptToAvx2 } from './cpu.ts';

/**
 * Sets the number of threads and oneDNN's options. `cores` is the number of operations that may run in
 * parallel.
 *
 * Threads: Maps of the size that Stride trains on are too small for one operation to be split over two cores:
 * an epoch of the course net on two cores takes 3.0 instead of 2.8 s. So an operation takes one thread, and
 * the shards of a batch, which are branches of the graph, occupy the cores: as many operations in parallel as
 * there are cores, and no more (one more thread took 7 s).
 *
 * oneDNN: TensorFlow enables its convolutions by default only on CPUs with AVX-512; on one without it the
 * course net's step takes 2.3 times as long without them. Its primitives for a convolution's gradients
 * (kernels and scratch memory) are cached instead of being created in each step, which would cost a tenth of
 * a step; a net has few convolutions, whose sizes are the same in every step.
 *
 * Allocator: TensorFlow's own (best fit with coalescing) keeps the memory of tensors between steps. The process'
 * malloc does not do so everywhere: Electron's returns large blocks to the system, which costs a third of an epoch
 * there (docs/desktop.md).
 */
export function setNativeEnvironment(cores: number): void {
  process.env['TF_NUM_INTRAOP_THREADS'] ??= '1';
  process.env['TF_NUM_INTEROP_THREADS'] ??= String(cores);
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  if (isKeptToAvx2()) process.env['ONEDNN_MAX_CPU_ISA'] ??= 'AVX2';
  process.env['TF_MKL_OPTIMIZE_PRIMITIVE_MEMUSE'] ??= 'false';
  process.env['TF_CPU_ALLOCATOR_USE_BFC'] ??= 'true';
  // Warnings and errors are reported only as exceptions; TensorFlow's notes about CPU features would appear
  // in the terminal.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
}
