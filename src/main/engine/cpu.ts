/** What the CPU can do, where the choice of an operation depends on it. */
import { readFileSync } from 'node:fs';

let known: boolean | undefined;

/**
 * Whether oneDNN has its AVX-512 kernels to choose from. Only Linux says so without a native call; elsewhere it is taken
 * that it has not, which costs some speed on a CPU that has, and nothing else.
 */
export function hasAvx512(): boolean {
  known ??= process.platform === 'linux' && /\bavx512f\b/.test(readFileSync('/proc/cpuinfo', 'utf8'));
  return known;
}
