import { expect, test } from 'vitest';
import { formatSpread } from './sweeps.ts';

test('a deviation has the unit and the decimals of its mean', () => {
  expect(formatSpread('seconds', { mean: 2.14, deviation: 0.113 })).toBe('2.1 s ± 0.1 s');
  expect(formatSpread('bestAccuracy', { mean: 0.964, deviation: 0.003 })).toBe('96.40% ± 0.30');
  expect(formatSpread('testLoss', { mean: 0.117, deviation: 0.0094 })).toBe('0.1170 ± 0.0094');
  expect(formatSpread('seconds', { mean: 2.14, deviation: null })).toBe('2.1 s');
});
