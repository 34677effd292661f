import { expect, test } from 'vitest';
import { sampleEpoch } from '../../../../test/support/fakeLab.ts';
import { RunSeries } from './series.ts';

const ramp = (from: number, to: number) =>
  Float32Array.from({ length: to - from }, (_, index) => from + index);

test('the running loss is the mean of the last 300, and of all before the 300th', () => {
  const series = new RunSeries();
  series.put(0, ramp(0, 700));
  expect(series.runningLoss(0)).toBe(0);
  expect(series.runningLoss(9)).toBe(4.5);
  expect(series.runningLoss(299)).toBe(149.5);
  expect(series.runningLoss(599)).toBe(449.5);
  expect(series.runningLoss(699)).toBe(549.5);
});

test('grows beyond its first size and keeps what it has', () => {
  const series = new RunSeries();
  for (let from = 0; from < 20_000; from += 37) series.put(from, ramp(from, from + 37));
  expect(series.length).toBe(Math.ceil(20_000 / 37) * 37);
  expect([series.losses[0], series.losses[1024], series.losses[19_999]]).toEqual([0, 1024, 19_999]);
  expect(series.runningLoss(19_999)).toBe(19_849.5);
});

test('takes losses twice without harm, and refuses a gap', () => {
  const series = new RunSeries();
  series.put(0, ramp(0, 10));
  expect(series.put(4, ramp(4, 8))).toBe(true);
  expect([series.length, series.runningLoss(9)]).toEqual([10, 4.5]);
  expect(series.put(12, ramp(12, 14))).toBe(false);
  expect(series.length).toBe(10);
});

test('cut to an earlier step, forgets what came after it', () => {
  const series = new RunSeries();
  series.put(0, ramp(0, 1000));
  for (const epoch of [1, 2]) series.putEpoch(sampleEpoch(epoch));
  series.putRunningLoss({ epoch: 1, batch: 300, loss: 1 });
  series.putRunningLoss({ epoch: 2, batch: 300, loss: 0.5 });
  series.cutTo(450, 400);
  expect(series.length).toBe(450);
  expect(series.epochs.map(({ epoch }) => epoch)).toEqual([1]);
  expect(series.runningLosses).toEqual([{ epoch: 1, batch: 300, loss: 1 }]);
  series.put(450, Float32Array.of(7));
  expect(series.runningLoss(450)).toBe((150.5 * 0 + sum(151, 450) + 7) / 300);
});

test('epochs come in order and once, and listeners hear of each change until they leave', () => {
  const series = new RunSeries();
  let heard = 0;
  const leave = series.onChange(() => heard++);
  series.putEpoch(sampleEpoch(2));
  series.putEpoch(sampleEpoch(1));
  series.putEpoch(sampleEpoch(2, { testCorrect: 1 }));
  leave();
  series.putEpoch(sampleEpoch(3));
  expect(series.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  expect(series.epochs[1]!.testCorrect).toBe(1);
  expect(heard).toBe(3);
});

function sum(from: number, to: number): number {
  return ((from + to - 1) * (to - from)) / 2;
}
