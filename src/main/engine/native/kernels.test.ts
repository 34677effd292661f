/** Whose kernels a run is trained with. */
import { expect, it } from 'vitest';
import { availableKernels, hasKernels, kernelSource, wantedKernels } from './kernels.ts';

it("takes TensorFlow's where they are asked for", () => {
  expect(kernelSource({ STRIDE_KERNELS: 'tensorflow' })).toBe('tensorflow');
});

it.each([{}, { STRIDE_KERNELS: '' }])("takes Stride's own where they are there: %o", (env) => {
  expect(kernelSource(env)).toBe(hasKernels() ? 'stride' : 'tensorflow');
});

it('does not pass over a misspelt wish', () => {
  expect(() => kernelSource({ STRIDE_KERNELS: 'own' })).toThrow('it can be "stride", "tensorflow"');
});

it('has no wish where none is named, so that a measurement may choose', () => {
  expect(wantedKernels({})).toBeUndefined();
  expect(wantedKernels({ STRIDE_KERNELS: 'stride' })).toBe('stride');
});

it("keeps a run's own, unless they are not there", () => {
  expect(availableKernels('tensorflow', true)).toBe('tensorflow');
  expect(availableKernels('stride', true)).toBe('stride');
  expect(availableKernels('stride', false)).toBe('tensorflow');
});
