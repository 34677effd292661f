/**
 * The AVX-512 variant of a graph is not used if oneDNN is off or restricted, whatever the processor supports.
 */
import { expect, it } from 'vitest';
import { hasAvx512 } from './cpu.ts';

const unlimited = hasAvx512({});

it.each([
  ['without oneDNN', { TF_ENABLE_ONEDNN_OPTS: '0' }, false],
  ['with oneDNN kept to AVX2', { ONEDNN_MAX_CPU_ISA: 'AVX2' }, false],
  ['the same by its older name', { DNNL_MAX_CPU_ISA: 'avx2_vnni' }, false],
  ['with oneDNN', { TF_ENABLE_ONEDNN_OPTS: '1' }, unlimited],
  ['with oneDNN kept to an AVX-512', { ONEDNN_MAX_CPU_ISA: 'AVX512_CORE' }, unlimited],
  ['as for a processor with AVX2 alone', { STRIDE_CPU: 'avx2', TF_ENABLE_ONEDNN_OPTS: '1' }, false],
  ['with no such wish', { STRIDE_CPU: '' }, unlimited],
  ['with oneDNN kept to nothing', { ONEDNN_MAX_CPU_ISA: 'DEFAULT' }, unlimited],
])('%s', (_name, env, expected) => {
  expect(hasAvx512(env)).toBe(expected);
});

it('a wish that is misspelt is not passed over', () => {
  expect(() => hasAvx512({ STRIDE_CPU: 'AVX-2' })).toThrow('it can be "avx2"');
});

it.runIf(process.env['STRIDE_CPU'] === 'avx2')('these tests run as on a processor with AVX2 alone', () => {
  expect(hasAvx512()).toBe(false);
});
