import { expect, test } from 'vitest';
import { sampleEpoch, sampleRun } from '../../../../test/support/fakeLab.ts';
import { RunSeries } from './series.ts';
import type { Trace } from './trace.ts';
import { valuesAt } from './valuesAt.ts';
import { mappingOf } from '../xAxis.ts';

/** The trace has 25 steps, ten per epoch, with losses 1, 1/2, 1/3, …; two epochs are finished. */
function trace(): Trace {
  const series = new RunSeries();
  series.put(
    0,
    Float32Array.from({ length: 25 }, (_, step) => 1 / (step + 1)),
  );
  series.putEpoch(sampleEpoch(1));
  series.putEpoch(sampleEpoch(2));
  return {
    run: 1,
    name: 'a',
    series,
    stepsPerEpoch: 10,
    plannedEpochs: 3,
    batchSize: 64,
    imagesPerEpoch: 640,
    settings: sampleRun().settings,
    events: () => [],
  };
}
const at = (x: number | null, axis: 'step' | 'epoch' = 'step', smoothing = 0) =>
  valuesAt(trace(), mappingOf(axis, trace()), x, smoothing);

test('a step’s own loss, and the epoch that it is in', () => {
  expect(at(10)).toMatchObject({ step: 10, epoch: 1, batchLoss: Math.fround(1 / 10) });
  expect(at(11)).toMatchObject({ step: 11, epoch: 2, batchLoss: Math.fround(1 / 11) });
  expect(at(1.2, 'epoch')).toMatchObject({ step: 12, epoch: 2 });
  expect(at(4)!.runningLoss).toBeCloseTo((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4, 6);
});

test('the epoch whose end is nearest, where it is finished', () => {
  expect(at(14)!.record?.epoch).toBe(1);
  expect(at(16)!.record?.epoch).toBe(2);
  expect(at(2)!.record).toBeNull();
  // The third epoch is in progress.
  expect(at(25)!.record).toBeNull();
});

test('without a place: the last step, and the last epoch that is finished', () => {
  const values = at(null)!;
  expect(values).toMatchObject({ step: 25, batchLoss: Math.fround(1 / 25) });
  expect(values.record?.epoch).toBe(2);
});

test('nothing beyond a run’s end; the last step half a step beyond it; the first from the very start', () => {
  expect(at(25.4)!.step).toBe(25);
  expect(at(26)).toBeNull();
  expect(at(-1)).toBeNull();
  expect(at(0)!.step).toBe(1);
});

test('smoothed as the curve is, null without smoothing', () => {
  expect(at(2)!.smoothedLoss).toBeNull();
  // Debiased: (0.5 · 0.5 · 1 + 0.5 · 1/2) / (1 − 0.5²).
  expect(at(2, 'step', 0.5)!.smoothedLoss).toBeCloseTo(0.5 / 0.75, 6);
});
