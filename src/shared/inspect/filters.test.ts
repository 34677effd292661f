import { expect, test } from 'vitest';
import { parseNetwork } from '../network/network.ts';
import { arranged, filtersOf } from './filters.ts';
import { traceSteps } from './trace.ts';

const steps = traceSteps(
  parseNetwork({
    name: 'filters',
    input: { height: 6, width: 6, channels: 1 },
    layers: [
      { type: 'conv2d', filters: 2, kernelSize: [3, 2] },
      { type: 'flatten' },
      { type: 'linear', units: 3 },
      { type: 'linear', units: 2 },
    ],
  }),
);
const step = (place: string) => steps.find((each) => each.place === place)!;
const counted = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
});

test('filters of a convolution have its kernels, those of a linear layer the maps that were flattened', () => {
  const convolution = filtersOf(step('0'), steps, counted(2, 1, 3, 2));
  expect(convolution).toMatchObject({ count: 2, sheets: 1, height: 3, width: 2 });
  expect(convolution?.norms[0]).toBeCloseTo(Math.sqrt(55), 6);
  expect([...arranged(convolution!, [1, 0])].slice(0, 7)).toEqual([6, 7, 8, 9, 10, 11, 0]);
  expect(filtersOf(step('2'), steps, counted(3, 40))).toMatchObject({ sheets: 2, height: 4, width: 5 });
  expect(filtersOf(step('3'), steps, counted(2, 3))).toMatchObject({ sheets: 1, height: 1, width: 3 });
  expect(filtersOf(step('1'), steps, undefined)).toBeNull();
  // Weights of a normalisation belong to channels, not to outputs of a sum.
  expect(filtersOf(step('0'), steps, counted(2))).toBeNull();
});
