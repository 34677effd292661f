import { expect, test } from 'vitest';
import { depthOf } from './jsonDepth.ts';

test('how deep values are nested, however deep', () => {
  expect([1, null, 'a', [], {}].map(depthOf)).toEqual([0, 0, 0, 0, 0]);
  expect(depthOf({ a: [1, { b: 2 }] })).toBe(3);
  let value: unknown = 1;
  for (let i = 0; i < 100_000; i += 1) value = [value];
  expect(depthOf(value)).toBe(100_000);
});
