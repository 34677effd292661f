/**
 * How many threads TensorFlow may use. Maps of the size that Stride trains on are too small for one operation to be
 * split over two cores: that costs more than it gives (3.0 against 2.8 s an epoch of the course net on two cores). So
 * an operation takes one thread, and the cores are filled by the shards of a batch, which are branches of the graph:
 * as many operations side by side as there are cores, and no more (one thread more took 7 s).
 *
 * TensorFlow reads these variables once, when it is first loaded in a process. A worker's `process.env` is a copy
 * that C code does not see, so they are set here, in the owner of the workers, before its first worker starts. Who
 * has set them outside keeps what was set.
 */
export function setThreadVariables(cores: number): void {
  process.env['TF_NUM_INTRAOP_THREADS'] ??= '1';
  process.env['TF_NUM_INTEROP_THREADS'] ??= String(cores);
  // Warnings and errors only come as exceptions; its notes about CPU features would land in the terminal.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
}
