/** Loads TensorFlow before the first run is there, because that takes 0.4 s in which a host can open its history. */
import { Worker } from 'node:worker_threads';
import type { LoadStart } from '../../engine/train/messages.ts';
import { setNativeEnvironment } from '../../engine/native/environment.ts';

/**
 * Begins to load TensorFlow's library in a thread that then ends; the library stays in the process. `path` is that of
 * `engine/worker.ts`. A failure is not reported, because the first run meets it again and reports it.
 */
export function loadTensorflowAhead(path: string | URL, cores: number): Worker {
  setNativeEnvironment(cores);
  const worker = new Worker(path, { workerData: { load: true } satisfies LoadStart });
  worker.on('error', () => {});
  worker.unref();
  return worker;
}
