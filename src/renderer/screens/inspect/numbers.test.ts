import { expect, it } from 'vitest';
import { formatValue } from './numbers.ts';

it('writes values with the digits that are asked for', () => {
  expect([0, 1.2, -0.123456789, 1234.5678].map((value) => formatValue(value, 3))).toEqual([
    '0',
    '1.2',
    '−0.123',
    '1235',
  ]);
  expect(formatValue(-0.123456789, 7)).toBe('−0.1234568');
  expect(formatValue(0.00001234, 3)).toBe('1.23e−5');
  expect(formatValue(100, 3)).toBe('100');
  expect(formatValue(-Infinity, 3)).toBe('−∞');
});
