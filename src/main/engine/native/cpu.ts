/**
 * What the CPU can do, where the choice of an operation depends on it.
 *
 * STRIDE_CPU=avx2 makes the engine, and oneDNN with it (`environment.ts`), do as on a CPU with AVX2 alone: with it
 * `npm test` runs the whole of the tests as such a machine would.
 */
import { readFileSync } from 'node:fs';

let known: boolean | undefined;

/**
 * Whether TensorFlow uses oneDNN, and that has its AVX-512 kernels to choose from. Only Linux says so without a native
 * call; elsewhere it is taken that it has not, which costs some speed on a CPU that has, and nothing else.
 */
export function hasAvx512(env: NodeJS.ProcessEnv = process.env): boolean {
  if (env['TF_ENABLE_ONEDNN_OPTS'] === '0' || isKeptToAvx2(env)) return false;
  const limit = env['ONEDNN_MAX_CPU_ISA'] ?? env['DNNL_MAX_CPU_ISA'];
  if (limit !== undefined && !/^(AVX512|AVX10|ALL|DEFAULT)/i.test(limit)) return false;
  known ??= process.platform === 'linux' && /\bavx512f\b/.test(readFileSync('/proc/cpuinfo', 'utf8'));
  return known;
}

/** Throws where STRIDE_CPU is something that nobody would notice to be misspelt. */
export function isKeptToAvx2(env: NodeJS.ProcessEnv = process.env): boolean {
  const wanted = env['STRIDE_CPU'];
  if (wanted === undefined || wanted === '' || wanted === 'avx2') return wanted === 'avx2';
  throw new Error(`STRIDE_CPU is "${wanted}"; it can be "avx2", or not be set`);
}
