import { expect, test } from 'vitest';
import { Xoshiro } from './xoshiro.ts';

test('numbers that fill an array are those that single calls return, and the sequence goes on after them', () => {
  const [filling, single] = [new Xoshiro(7), new Xoshiro(7)];
  for (const count of [1, 5, 0, 1000]) {
    const values = new Float64Array(count);
    filling.fillUnit(values);
    expect([...values]).toEqual(Array.from({ length: count }, () => single.unit()));
  }
  expect(filling.next()).toBe(single.next());
});
