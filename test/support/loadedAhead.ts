/** Loads TensorFlow ahead, waits for the end of its thread, and prints the native libraries that are still loaded: `[path, …]`. */
import { once } from 'node:events';
import { loadTensorflowAhead } from '../../src/main/lab/threads/loadAhead.ts';
import { printMappedLibraries } from './mappedLibraries.ts';

const worker = loadTensorflowAhead(new URL('../../src/main/engine/worker.ts', import.meta.url), 1);
worker.ref();
await once(worker, 'exit');
printMappedLibraries();
