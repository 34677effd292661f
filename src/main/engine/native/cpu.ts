/**
 * Features of the CPU that the choice of an operation depends on.
 *
 * STRIDE_CPU=avx2 makes the engine, and oneDNN with it (`environment.ts`), behave as on a CPU without
 * AVX-512, so that `npm test` can cover such a machine.
 */
import { readFileSync } from 'node:fs';

let flags: string | undefined;

/**
 * Returns whether TensorFlow uses oneDNN and oneDNN may use its AVX-512 kernels. Only Linux reports the CPU's
 * features without a native call; other systems are assumed to lack AVX-512, which costs some speed on a CPU
 * that has it, and nothing else.
 */
export function hasAvx512(env: NodeJS.ProcessEnv = process.env): boolean {
  if (env['TF_ENABLE_ONEDNN_OPTS'] === '0' || isKeptToAvx2(env)) return false;
  const limit = env['ONEDNN_MAX_CPU_ISA'] ?? env['DNNL_MAX_CPU_ISA'];
  if (limit !== undefined && !/^(AVX512|AVX10|ALL|DEFAULT)/i.test(limit)) return false;
  return hasFlags('avx512f');
}

/** Returns whether the CPU has all of these features, by Linux' names. Other systems are not asked. */
export function hasFlags(...names: readonly string[]): boolean {
  flags ??= process.platform === 'linux' ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  return names.every((name) => new RegExp(`\\b${name}\\b`).test(flags ?? ''));
}

/**
 * Returns whether STRIDE_CPU restricts the engine to AVX2. Throws on any other value, because nobody would
 * notice a misspelling.
 */
export function isKeptToAvx2(env: NodeJS.ProcessEnv = process.env): boolean {
  const wanted = env['STRIDE_CPU'];
  if (wanted === undefined || wanted === '' || wanted === 'avx2') return wanted === 'avx2';
  throw new Error(`STRIDE_CPU is "${wanted}"; it can be "avx2", or not be set`);
}
