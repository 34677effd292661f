/** What the CPU can do, where the choice of an operation depends on it. */
import { readFileSync } from 'node:fs';

let known: boolean | undefined;

/**
 * Whether TensorFlow uses oneDNN, and that has its AVX-512 kernels to choose from. Only Linux says so without a native
 * call; elsewhere it is taken that it has not, which costs some speed on a CPU that has, and nothing else.
 */
export function hasAvx512(env: NodeJS.ProcessEnv = process.env): boolean {
  if (env['TF_ENABLE_ONEDNN_OPTS'] === '0') return false;
  const limit = env['ONEDNN_MAX_CPU_ISA'] ?? env['DNNL_MAX_CPU_ISA'];
  if (limit !== undefined && !/^(AVX512|AVX10|ALL|DEFAULT)/i.test(limit)) return false;
  known ??= process.platform === 'linux' && /\bavx512f\b/.test(readFileSync('/proc/cpuinfo', 'utf8'));
  return known;
}
