import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { sampleEpoch, sampleRun } from '../../../../test/support/fakeLab.ts';
import { RunSeries } from '../../plot/data/series.ts';
import { csvParts } from './save.ts';
import type { Trace } from '../../plot/data/trace.ts';

function trace(losses: readonly number[], name = 'a'): Trace {
  const series = new RunSeries();
  series.put(0, Float32Array.from(losses));
  series.putEpoch(sampleEpoch(1, { testLoss: 0.25, testCorrect: 9876, testTotal: 10_000 }));
  return {
    run: 1,
    name,
    series,
    stepsPerEpoch: 2,
    plannedEpochs: 2,
    batchSize: 64,
    imagesPerEpoch: 100,
    settings: sampleRun().settings,
    events: () => [],
  };
}
const rowsOf = (traces: readonly Trace[], smoothing = 0) =>
  Papa.parse<Record<string, string>>([...csvParts(traces, smoothing)].join(''), {
    header: true,
    skipEmptyLines: true,
  }).data;

test('a row a step, an epoch’s values in its last one', () => {
  const rows = rowsOf([trace([2, 1, 0.5])]);
  expect(rows.map(({ step, epoch, batch_loss }) => [step, epoch, batch_loss])).toEqual([
    ['1', '0.5', '2'],
    ['2', '1', '1'],
    ['3', '1.5', '0.5'],
  ]);
  expect(rows.map(({ examples }) => examples)).toEqual(['64', '100', '164']);
  expect(rows.map(({ test_accuracy }) => test_accuracy)).toEqual(['', '0.9876', '']);
  expect(rows.map(({ test_loss }) => test_loss)).toEqual(['', '0.25', '']);
  expect(rows.map(({ smoothed_loss }) => smoothed_loss)).toEqual(['', '', '']);
});

test('the moving average where one is drawn; values that are not finite by their names', () => {
  const rows = rowsOf([trace([2, NaN, 1])], 20);
  expect(rows.map(({ batch_loss }) => batch_loss)).toEqual(['2', 'NaN', '1']);
  expect(Number(rows[0]!['smoothed_loss'])).toBe(2);
  expect(Number(rows[2]!['smoothed_loss'])).toBeLessThan(2);
});

test('several runs under one another; long ones in parts; names cannot become formulas', () => {
  const long = trace(Array.from({ length: 9001 }, () => 1));
  expect([...csvParts([long], 0)].length).toBe(4);
  const rows = rowsOf([trace([1, 1], '=1+1'), trace([1, 1], 'a,"b"\nc')]);
  expect(rows.map(({ run }) => run)).toEqual(["'=1+1", "'=1+1", 'a,"b"\nc', 'a,"b"\nc']);
});
