/** The AVX-512 variant of a graph is not taken where oneDNN is off or kept from AVX-512, whatever the processor has. */
import { expect, it } from 'vitest';
import { hasAvx512 } from './cpu.ts';

const unlimited = hasAvx512({});

it.each([
  ['without oneDNN', { TF_ENABLE_ONEDNN_OPTS: '0' }, false],
  ['with oneDNN kept to AVX2', { ONEDNN_MAX_CPU_ISA: 'AVX2' }, false],
  ['the same by its older name', { DNNL_MAX_CPU_ISA: 'avx2_vnni' }, false],
  ['with oneDNN', { TF_ENABLE_ONEDNN_OPTS: '1' }, unlimited],
  ['with oneDNN kept to an AVX-512', { ONEDNN_MAX_CPU_ISA: 'AVX512_CORE' }, unlimited],
  ['with oneDNN kept to nothing', { ONEDNN_MAX_CPU_ISA: 'DEFAULT' }, unlimited],
])('%s', (_name, env, expected) => {
  expect(hasAvx512(env)).toBe(expected);
});
