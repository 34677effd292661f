import { describe, expect, test } from 'vitest';
import { expandSweep } from './expandSweep.ts';
import { findPreset } from '../network/presets.ts';
import { combinationResults, spreadOf } from './sweepResults.ts';
import { type SweepRun, combinationSchema, sweepSchema } from './sweeps.ts';

describe('mean and sample standard deviation', () => {
  test('of numbers with known ones', () => {
    // The values are NIST's NumAcc1 and a set of seven; Python's `statistics.stdev` gives the same.
    expect(spreadOf([10000001, 10000003, 10000002])).toEqual({ mean: 10000002, deviation: 1 });
    const { mean, deviation } = spreadOf([2, 4, 4, 4, 5, 5, 7, 9]) ?? {};
    expect(mean).toBe(5);
    expect(deviation).toBeCloseTo(2.138089935299395, 15);
  });

  test('of none, one, equal ones, and one that has diverged', () => {
    expect(spreadOf([])).toBeNull();
    expect(spreadOf([0.5])).toEqual({ mean: 0.5, deviation: null });
    expect(spreadOf([0.1, 0.1, 0.1])).toEqual({ mean: 0.1, deviation: 0 });
    expect(spreadOf([0.1, NaN])).toEqual({ mean: NaN, deviation: NaN });
  });
});

test('finished runs count, the others are there', () => {
  const { network, settings } = findPreset('course')!;
  const [combination] = expandSweep(sweepSchema.parse({ network, settings, axes: [], seeds: [3, 4, 5, 6] }));
  const run = (position: number, change: Partial<SweepRun>): [number, SweepRun] => [
    position,
    {
      position,
      seed: position + 3,
      run: position + 10,
      status: 'finished',
      epochsDone: 10,
      bestAccuracy: 0.5,
      lastAccuracy: 0.4,
      testLoss: 1,
      seconds: 2,
      problem: null,
      ...change,
    },
  ];
  const results = combinationResults(
    combination!,
    new Map([
      run(0, {}),
      run(1, { bestAccuracy: 0.75, lastAccuracy: 0.6, testLoss: 3, seconds: 4 }),
      run(2, { status: 'failed', bestAccuracy: 0.1 }),
    ]),
  );
  expect(combinationSchema.parse(results)).toEqual(results);
  expect(results).toMatchObject({
    label: 'course',
    count: 2,
    bestAccuracy: { mean: 0.625, deviation: Math.sqrt(0.03125) },
    lastAccuracy: { mean: 0.5 },
    testLoss: { mean: 2, deviation: Math.SQRT2 },
    seconds: { mean: 3 },
  });
  expect(results.runs.map(({ seed, run, status }) => [seed, run, status])).toEqual([
    [3, 10, 'finished'],
    [4, 11, 'finished'],
    [5, 12, 'failed'],
    [6, null, 'waiting'],
  ]);
});
