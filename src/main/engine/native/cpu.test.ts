/** When a graph must not be the one for wide vectors, whatever the CPU has. */
import { expect, it } from 'vitest';
import { hasWideVectors } from './cpu.ts';

const unlimited = hasWideVectors({});

it.each([
  ['without oneDNN', { TF_ENABLE_ONEDNN_OPTS: '0' }, false],
  ['with oneDNN kept to AVX2', { ONEDNN_MAX_CPU_ISA: 'AVX2' }, false],
  ['the same by its older name', { DNNL_MAX_CPU_ISA: 'avx2_vnni' }, false],
  ['with oneDNN', { TF_ENABLE_ONEDNN_OPTS: '1' }, unlimited],
  ['with oneDNN kept to an AVX-512', { ONEDNN_MAX_CPU_ISA: 'AVX512_CORE' }, unlimited],
  ['with oneDNN kept to nothing', { ONEDNN_MAX_CPU_ISA: 'DEFAULT' }, unlimited],
])('%s', (_name, env, expected) => {
  expect(hasWideVectors(env)).toBe(expected);
});
