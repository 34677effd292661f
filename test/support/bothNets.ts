/**
 * Trains both presets at once, each in a worker of its own, again and again in this one process, and prints the
 * resident memory after each round: `[bytes, …]`. Argument: the number of rounds.
 */
import { Worker } from 'node:worker_threads';
import { openDataset } from '../../src/main/datasets/index.ts';
import { setNativeEnvironment } from '../../src/main/engine/environment.ts';
import type { FromWorker, TrainingOrder } from '../../src/main/engine/messages.ts';
import { presets } from '../../src/shared/presets.ts';
import { shortened } from './shortened.ts';

const workerUrl = new URL('../../src/main/engine/worker.ts', import.meta.url);

function trainInWorker(workerData: TrainingOrder): Promise<void> {
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

setNativeEnvironment(2);
const dataset = shortened(await openDataset('mnist'), 12_800, 2000);
const resident: number[] = [];
for (let round = 0; round < Number(process.argv[2]); round += 1) {
  await Promise.all(
    presets.map(({ network, settings }) =>
      trainInWorker({ network, settings: { ...settings, epochs: 1 }, dataset, shards: 1, from: null }),
    ),
  );
  resident.push(process.memoryUsage.rss());
}
process.stdout.write(JSON.stringify(resident));
