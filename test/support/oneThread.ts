/**
 * Trains the presets by turns in one worker that stays, and prints the resident memory after each run: `[bytes, …]`.
 * Argument: the number of runs.
 */
import { openDataset } from '../../src/main/datasets/index.ts';
import type { FromWorker } from '../../src/main/engine/train/messages.ts';
import { WorkerPool } from '../../src/main/lab/threads/workerPool.ts';
import { presets } from '../../src/shared/network/presets.ts';
import { shortened } from '../../src/shared/datasets/shortened.ts';

const dataset = shortened(await openDataset('mnist'), 640, 1000);
const pool = new WorkerPool(new URL('../../src/main/engine/worker.ts', import.meta.url), 2);

function train(run: number): Promise<void> {
  const { network, settings } = presets[run % presets.length]!;
  return new Promise((resolve, reject) => {
    let last: FromWorker | undefined;
    const order = {
      network,
      settings: { ...settings, epochs: 1, seed: run },
      dataset,
      shards: 1,
      from: null,
    };
    pool.start(order, {
      message: (message) => {
        last = message;
      },
      exit: (problem) => {
        if (problem === null && last?.kind === 'finished') resolve();
        else reject(problem ?? new Error(`the run ended with ${JSON.stringify(last)}`));
      },
    });
  });
}

const resident: number[] = [];
for (let run = 0; run < Number(process.argv[2]); run += 1) {
  await train(run);
  resident.push(process.memoryUsage.rss());
}
await pool.close();
process.stdout.write(JSON.stringify(resident));
