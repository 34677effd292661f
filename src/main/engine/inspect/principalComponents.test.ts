import { expect, test } from 'vitest';
import { principalComponents } from './principalComponents.ts';

test('coordinates are those along known axes, and the shares of the variance are theirs', () => {
  // Three orthonormal directions in five dimensions, with deviations of 5, 2 and 0.5.
  const axes = [
    [0.6, 0.8, 0, 0, 0],
    [0, 0, 1, 0, 0],
    [0, 0, 0, 0.8, -0.6],
  ];
  const deviations = [5, 2, 0.5];
  const count = 400;
  const places = Array.from({ length: count }, (_, row) => [
    deviations[0]! * Math.SQRT2 * Math.sin((2 * Math.PI * row) / count),
    deviations[1]! * Math.SQRT2 * Math.cos((2 * Math.PI * row) / count),
    deviations[2]! * (row % 2 === 0 ? 1 : -1),
  ]);
  const values = Float32Array.from(
    places.flatMap((place) =>
      [0, 1, 2, 3, 4].map((column) => 7 + place.reduce((sum, at, k) => sum + at * axes[k]![column]!, 0)),
    ),
  );
  const found = principalComponents({ count, width: 5, values }, 3);
  expect(found.components).toBe(3);
  const total = 25 + 4 + 0.25;
  [25, 4, 0.25].forEach((variance, k) => expect(found.explained[k]).toBeCloseTo(variance / total, 5));
  places.forEach((place, row) => {
    place.forEach((at, k) => expect(found.coordinates[row * 3 + k]).toBeCloseTo(at, 3));
  });
});

test('features that are all alike have coordinates of zero', () => {
  const found = principalComponents({ count: 4, width: 3, values: new Float32Array(12).fill(2) }, 2);
  expect([...found.coordinates].every((value) => Math.abs(value) < 1e-6)).toBe(true);
  expect([...found.explained]).toEqual([0, 0]);
});
