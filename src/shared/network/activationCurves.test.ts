import { expect, test } from 'vitest';
import { activationCurve, histogram, isSaturated, saturatedRanges } from './activationCurves.ts';
import { type Activation, activationFunctions } from '../layers/activation.ts';

const layer = (name: Activation['function'], options: object = {}): Activation => ({
  type: 'activation',
  function: name,
  ...options,
});

test.each([...activationFunctions])('%s: its slope is its derivative', (name) => {
  for (const options of [{}, { alpha: 0.4, negativeSlope: 0.3 }]) {
    const curve = activationCurve(layer(name, options));
    for (const x of [-5, -2.3, -0.7, -0.05, 0.05, 0.4, 1.9, 5]) {
      const difference = (curve.value(x + 1e-4) - curve.value(x - 1e-4)) / 2e-4;
      expect(Math.abs(curve.slope(x) - difference)).toBeLessThan(2e-3);
    }
  }
});

test('values that are known', () => {
  expect(activationCurve(layer('sigmoid')).value(0)).toBe(0.5);
  expect(activationCurve(layer('gelu')).value(1)).toBeCloseTo(0.841345, 5);
  expect(activationCurve(layer('selu')).value(-100)).toBeCloseTo(-1.7580993, 6);
  expect(activationCurve(layer('softplus')).value(0)).toBeCloseTo(Math.LN2, 9);
});

test('saturated regions', () => {
  const [low, high] = saturatedRanges(activationCurve(layer('sigmoid')), -6, 6);
  // The threshold is 5 % of 1/4: p(1 − p) = 0.0125, at ±4.3566.
  expect(low![1]).toBeCloseTo(-4.36, 1);
  expect(high![0]).toBeCloseTo(4.36, 1);
  expect(saturatedRanges(activationCurve(layer('relu')), -6, 6)).toEqual([
    [-6, expect.closeTo(0.01, 2) as number],
  ]);
  expect(saturatedRanges(activationCurve(layer('leakyRelu', { negativeSlope: 0.1 })), -6, 6)).toEqual([]);
  expect(isSaturated(activationCurve(layer('tanh')), 3)).toBe(true);
});

test('a histogram adds up to 1 and keeps what lies outside', () => {
  expect(histogram([-9, -0.5, 0.5, 0.6, 9], -1, 1, 2)).toEqual([0.4, 0.6]);
  expect(histogram([], -1, 1, 2)).toEqual([0, 0]);
});
