/** One run in a worker of its own, as short-lived as a worker can be: for tests of what stays behind in the process. */
import { Worker } from 'node:worker_threads';
import type { FromWorker, TrainingOrder } from '../../src/main/engine/train/messages.ts';

const workerUrl = new URL('../../src/main/engine/worker.ts', import.meta.url);

/** Ends when the worker's thread has; an error unless the run was finished. */
export function trainInWorker(workerData: TrainingOrder): Promise<void> {
  return new Promise((resolve, reject) => {
    let last: FromWorker | undefined;
    const worker = new Worker(workerUrl, { workerData });
    worker.on('message', (message: FromWorker) => {
      last = message;
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (code === 0 && last?.kind === 'finished') resolve();
      else reject(new Error(`the worker exited with ${code} after ${JSON.stringify(last)}`));
    });
  });
}
