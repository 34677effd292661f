import { expect, test } from 'vitest';
import { fromJson, toJson } from './json.ts';

test('what is written is read, numbers that JSON has no word for too', () => {
  const value = { losses: [NaN, Infinity, -Infinity, 0.1 + 0.2, 5e-324], none: null, number: 5, text: 'NaN' };
  expect(fromJson(toJson(value))).toEqual(value);
  expect(fromJson(toJson(null))).toBeNull();
});

test('an object that only looks like one of these stays what it is', () => {
  for (const value of [{ number: 'five' }, { number: 'constructor' }, { number: 1 }]) {
    expect(fromJson(toJson(value))).toEqual(value);
  }
});
