/**
 * Trains both presets at once, each in a worker of its own, again and again in this one process, and prints the
 * resident memory after each round: `[bytes, …]`. Argument: the number of rounds.
 */
import { openDataset } from '../../src/main/datasets/index.ts';
import { setNativeEnvironment } from '../../src/main/engine/native/environment.ts';
import { presets } from '../../src/shared/network/presets.ts';
import { shortened } from '../../src/shared/datasets/shortened.ts';
import { trainInWorker } from './trainInWorker.ts';

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
