import { expect, test } from 'vitest';
import { Histogram, histogramBins } from './histogram.ts';

test('counts are those of a histogram whose range was known from the start', () => {
  let state = 7;
  const values = Float32Array.from({ length: 5000 }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return i % 10 === 0 ? 0 : (state / 2 ** 32 - 0.3) * (1 + i / 500);
  });
  const histogram = new Histogram();
  histogram.add(values.subarray(0, 1000));
  histogram.add(values, 1000);
  const { limit, counts, zeros, notFinite } = histogram.counts;
  expect(counts).toHaveLength(histogramBins);
  const expected = new Array<number>(histogramBins).fill(0);
  const width = (2 * limit) / histogramBins;
  for (const value of values) if (value !== 0) expected[Math.floor((value + limit) / width)]! += 1;
  expect(counts).toEqual(expected);
  expect(zeros).toBe(500);
  expect(notFinite).toBe(0);
  const size = Math.max(...values.map(Math.abs));
  expect(limit / 2).toBeLessThanOrEqual(size);
  expect(limit).toBeGreaterThanOrEqual(size);
});

test('values that are no finite number are counted apart', () => {
  const histogram = new Histogram();
  histogram.add([NaN, Infinity, -Infinity, 1, -1]);
  expect(histogram.counts.notFinite).toBe(3);
  expect(histogram.counts.counts.reduce((a, b) => a + b, 0)).toBe(2);
});
