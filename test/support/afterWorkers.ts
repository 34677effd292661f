/** Trains for a moment in a worker, waits for its end, and prints the native libraries that are still loaded: `[path, …]`. */
import { readFileSync } from 'node:fs';
import { openDataset } from '../../src/main/datasets/index.ts';
import { setNativeEnvironment } from '../../src/main/engine/native/environment.ts';
import { presets } from '../../src/shared/network/presets.ts';
import { shortened } from './shortened.ts';
import { trainInWorker } from './trainInWorker.ts';

setNativeEnvironment(1);
const dataset = shortened(await openDataset('mnist'), 64, 64);
const { network, settings } = presets[0]!;
await trainInWorker({ network, settings: { ...settings, epochs: 1 }, dataset, shards: 1, from: null });
const mapped = readFileSync('/proc/self/maps', 'utf8').match(/\/\S+(?:tensorflow|tfjs)\S*/g) ?? [];
process.stdout.write(JSON.stringify([...new Set(mapped)]));
