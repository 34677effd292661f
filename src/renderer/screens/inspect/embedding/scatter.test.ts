import { expect, test } from 'vitest';
import { layOutPoints, pointAt, pointTowards } from './scatter.ts';

// Three components a point, of which two are drawn.
const coordinates = Float32Array.from([0, 0, 9, 10, 0, 9, 0, 5, 9, 10, 5, 9]);
const scatter = layOutPoints(coordinates, 3, 220, 120);
const all = () => true;

test('both axes have one scale, and the second points upwards', () => {
  expect([...scatter.places]).toEqual([10, 110, 210, 110, 10, 10, 210, 10]);
  expect([...layOutPoints(Float32Array.of(3, 4), 2, 100, 50).places]).toEqual([50, 25]);
});

test('a point is found under the pointer, unless it is hidden, and with the arrow keys', () => {
  expect(pointAt(scatter, 13, 108, all)).toBe(0);
  expect(pointAt(scatter, 100, 60, all)).toBeNull();
  expect(pointAt(scatter, 13, 108, (point) => point !== 0)).toBeNull();
  expect(pointTowards(scatter, 0, [1, 0], all)).toBe(1);
  expect(pointTowards(scatter, 0, [0, -1], all)).toBe(2);
  expect(pointTowards(scatter, 0, [-1, 0], all)).toBe(0);
});
