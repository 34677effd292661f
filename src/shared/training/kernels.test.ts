import { expect, test } from 'vitest';
import { fasterKernels } from './kernels.ts';

test("TensorFlow's kernels are chosen only where they are clearly faster", () => {
  expect(fasterKernels({ stride: 0.001, tensorflow: 0.002 })).toBe('stride');
  expect(fasterKernels({ stride: 0.00105, tensorflow: 0.001 })).toBe('stride');
  expect(fasterKernels({ stride: 0.0012, tensorflow: 0.001 })).toBe('tensorflow');
});
