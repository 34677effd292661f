import { expect, test } from 'vitest';
import { distort, distortions, strengthRanges, strengthsOf } from './distortions.ts';

const size = { channels: 2, height: 3, width: 3 };
const image = Float32Array.from({ length: 18 }, (_, i) => (i === 1 || i === 12 ? 1 : i / 40));
const rounded = (values: Float32Array) => [...values].map((value) => Math.round(value * 1e4) / 1e4);
const gradient = Float32Array.from({ length: 18 }, (_, i) => [-0.2, 0, 3][i % 3]!);

test('the strength that changes nothing gives the image back', () => {
  for (const each of distortions)
    expect(rounded(distort(each, image, size, strengthRanges[each].none, gradient)), each).toEqual(
      rounded(image),
    );
});

test('FGSM moves each pixel by the strength along the sign of the gradient, within [0, 1]', () => {
  const changed = distort('fgsm', image, size, 0.1, gradient);
  expect(changed[0]).toBe(0);
  expect(changed[1]).toBe(1);
  expect(changed[2]).toBeCloseTo(2 / 40 + 0.1, 6);
  expect(() => distort('fgsm', image, size, 0.1)).toThrow();
});

test('shift, rotation, blur and contrast', () => {
  const shifted = distort('shift', image, size, 1);
  expect(shifted[2]).toBe(1);
  expect(shifted[0]).toBe(0);
  // A quarter turn counter-clockwise: what was above the middle is left of it.
  const turned = distort('rotation', image, size, 90);
  expect(turned[3]).toBeCloseTo(1, 5);
  const point = new Float32Array(18);
  point[4] = 1;
  const blurred = distort('blur', point, size, 1);
  expect(blurred[4]).toBeGreaterThan(blurred[1]!);
  expect(blurred[1]).toBeCloseTo(blurred[3]!, 6);
  expect(blurred.slice(9).every((value) => value === 0)).toBe(true);
  const flat = distort('contrast', image, size, 0);
  expect(Math.max(...flat) - Math.min(...flat)).toBeLessThan(1e-6);
});

test('the strengths of the curve are some of those of the slider, and one changes nothing', () => {
  for (const each of distortions) {
    const all = strengthsOf(each);
    const sparse = strengthsOf(each, true);
    expect(all.length).toBeLessThanOrEqual(64);
    expect(all).toEqual(expect.arrayContaining(sparse));
    expect(sparse).toContain(strengthRanges[each].none);
  }
});
