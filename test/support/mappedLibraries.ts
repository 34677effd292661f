/** The native libraries of TensorFlow that this process has loaded, as Linux tells. */
import { readFileSync } from 'node:fs';

/** Prints their paths: `[path, …]`. */
export function printMappedLibraries(): void {
  const mapped = readFileSync('/proc/self/maps', 'utf8').match(/\/\S+(?:tensorflow|tfjs)\S*/g) ?? [];
  process.stdout.write(JSON.stringify([...new Set(mapped)]));
}
