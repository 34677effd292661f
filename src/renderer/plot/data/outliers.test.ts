import { expect, test } from 'vitest';
import { outliersOf } from './outliers.ts';
import { RunSeries } from './series.ts';

function run(number: number, lossAt: (step: number) => number, length = 1000) {
  const series = new RunSeries();
  series.put(
    0,
    Float32Array.from({ length }, (_, step) => lossAt(step)),
  );
  return { run: number, series };
}
const learned = (step: number) => 0.03 + 2.3 * Math.exp(-step / 100);
const exploded = (step: number) => (step < 300 ? 2.3 : 1e6);

test('a run that exploded is left out, one that learned nothing is not', () => {
  const runs = [run(1, learned), run(2, exploded), run(3, () => 2.31)];
  const { runs: out, limit } = outliersOf(runs, false);
  expect([...out]).toEqual([2]);
  expect(limit).toBeGreaterThan(10);
  expect(limit).toBeLessThan(20);
});

test('where all exploded, and where one is alone, nothing is left out', () => {
  expect(outliersOf([run(1, exploded), run(2, (step) => 3 * exploded(step))], false).runs.size).toBe(0);
  expect(outliersOf([run(1, exploded)], false)).toEqual({
    runs: new Set(),
    limit: expect.any(Number) as number,
  });
});

test('a single batch far above everything lies beyond the limit, and its run within', () => {
  const { runs, limit } = outliersOf([run(1, (step) => (step === 500 ? 900 : learned(step)))], false);
  expect(runs.size).toBe(0);
  expect(limit).toBeLessThan(900);
});

test('a logarithmic axis bears far more', () => {
  const runs = [run(1, learned), run(2, (step) => (step < 300 ? 2.3 : 1e4))];
  expect(outliersOf(runs, false).runs.size).toBe(1);
  expect(outliersOf(runs, true).runs.size).toBe(0);
});

test('without a run, or with losses that are no numbers, nothing is known', () => {
  expect(outliersOf([], false)).toEqual({ runs: new Set(), limit: Infinity });
  expect(outliersOf([run(1, () => NaN)], false).limit).toBe(Infinity);
});
