/** Trains for a moment in a worker, waits for its end, and prints the native libraries that are still loaded: `[path, …]`. */
import { openDataset } from '../../src/main/datasets/index.ts';
import { setNativeEnvironment } from '../../src/main/engine/native/environment.ts';
import { presets } from '../../src/shared/network/presets.ts';
import { shortened } from '../../src/shared/datasets/shortened.ts';
import { printMappedLibraries } from './mappedLibraries.ts';
import { trainInWorker } from './trainInWorker.ts';

setNativeEnvironment(1);
const dataset = shortened(await openDataset('mnist'), 64, 64);
const { network, settings } = presets[0]!;
await trainInWorker({ network, settings: { ...settings, epochs: 1 }, dataset, shards: 1, from: null });
printMappedLibraries();
