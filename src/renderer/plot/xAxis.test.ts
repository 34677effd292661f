import { expect, test } from 'vitest';
import { sampleEpoch, sampleRun } from '../../../test/support/fakeLab.ts';
import { RunSeries } from './data/series.ts';
import { xAxes } from './xAxis.ts';
import type { Trace } from './data/trace.ts';
import { fullRange, mappingOf } from './xAxis.ts';

/** 1,000 images in batches of 64 make 15 whole batches and one of 40. */
function trace(steps: number, epochs: number, plannedEpochs = 10): Trace {
  const series = new RunSeries();
  series.put(0, new Float32Array(steps).fill(1));
  for (let epoch = 1; epoch <= epochs; epoch++) series.putEpoch(sampleEpoch(epoch, { trainSeconds: epoch }));
  return {
    run: 1,
    name: 'a',
    series,
    stepsPerEpoch: 16,
    plannedEpochs,
    batchSize: 64,
    imagesPerEpoch: 1000,
    settings: sampleRun().settings,
    events: () => [],
  };
}

test('examples seen count the last batch for what it holds', () => {
  const { toX } = mappingOf('examples', trace(40, 2));
  expect([0, 1, 15, 16, 17, 32].map(toX)).toEqual([0, 64, 960, 1000, 1064, 2000]);
});

test('every axis leads back to the step', () => {
  for (const axis of xAxes) {
    const { toX, toSteps } = mappingOf(axis, trace(40, 2));
    for (const steps of [0, 1, 7, 15, 16, 17, 31, 32]) {
      // Within an epoch's last, shorter batch, the inverse mapping assumes whole batches.
      expect(Math.abs(toSteps(toX(steps)) - steps), `${axis} ${steps}`).toBeLessThan(0.4);
    }
  }
});

test('seconds: epochs’ ends as measured, readings between them, never backwards', () => {
  const run = trace(40, 2);
  run.series.clock = [
    { step: 8, seconds: 0.9 },
    // The estimate ran ahead of the epoch's end.
    { step: 24, seconds: 3.4 },
    { step: 40, seconds: 4 },
  ];
  const { toX, toSteps } = mappingOf('seconds', run);
  expect([0, 4, 8, 12, 16, 24, 32, 36, 40].map(toX)).toEqual(
    [0, 0.45, 0.9, 0.95, 1, 3, 3, 3.5, 4].map((value) => expect.closeTo(value, 9)),
  );
  expect(toX(48)).toBeCloseTo(5, 9);
  expect(toSteps(3.5)).toBeCloseTo(36, 9);
});

test('without any time there are no places on the axis', () => {
  const { toX } = mappingOf('seconds', trace(5, 0));
  expect([toX(0), toX(3)]).toEqual([0, NaN]);
});

test('an axis grows in steps while runs train and ends with them when all are done', () => {
  const range = (...traces: Trace[]) =>
    fullRange(
      'epoch',
      traces,
      traces.map((each) => mappingOf('epoch', each)),
    );
  expect(range(trace(0, 0))).toEqual({ min: 0, max: 1 });
  expect(range(trace(20, 1))).toEqual({ min: 0, max: 2 });
  expect(range(trace(150, 9))).toEqual({ min: 0, max: 10 });
  expect(range(trace(160, 10))).toEqual({ min: 0, max: 10 });
  expect(range(trace(48, 3, 3), trace(8, 0, 3))).toEqual({ min: 0, max: 3 });
});
